"""The scenario of lost rows: the database runs, and gets them back."""

from collections.abc import Iterator

from stacks.recovery.runbook.names import MOMENT, Names, harm, moment, window
from stacks.recovery.runbook.page import Scenario, Step


def rows(at: Names) -> Scenario:
    """Return the way to lost rows, without a change of the environment."""
    inspect = at.shell.stacks("inspect", at.name, "--at", MOMENT, "--for", "4h")
    return Scenario(
        title="Rows are wrong or missing, and the database runs",
        when="A wrong UPDATE or DELETE, a bug in a release. Clients keep working; nothing is "
        "switched, and the environment is not changed.",
        steps=(
            *harm(at),
            moment(at, "the rows were right"),
            window(at),
            Step(
                do="Find the transaction that did it.",
                run=(at.shell.stacks("find", at.name, "--around", MOMENT),),
                check="One transaction deletes from, or changes, the table that you mean. If "
                "it began before T, set T before it.",
            ),
            Step(
                do="Make a copy of the database as it was, to look into. It removes itself "
                "after four hours. It prints a line for psql; use it in a second terminal.",
                run=(inspect,),
                check="The rows are there, and right.",
                stop="They are wrong there too: set an earlier moment.",
            ),
            *_brought(at),
        ),
    )


def _brought(at: Names) -> Iterator[Step]:
    sql, fill = ("-v", "ON_ERROR_STOP=1", "-c"), r"\copy lost_rows FROM STDIN CSV HEADER"
    yield Step(
        do="Take the rows out: run the line that inspect prints to copy rows out, with your "
        "table, or a query in brackets, in place of TABLE. It writes rows.csv.",
        check="`wc -l rows.csv` is the number of rows that you expect, and one for the names.",
    )
    yield Step(
        do="Put them into a separate table of the running database. Name your table.",
        run=(
            "TABLE='public.members'",
            at.shell.primary(at.spec, at.cluster),
            at.shell.psql(at.spec, *sql, '"CREATE TABLE lost_rows (LIKE $TABLE)"'),
            f"{at.shell.psql(at.spec, *sql, fill)} < rows.csv",
        ),
        check="It prints COPY and the same number.",
    )
    yield Step(
        do="Insert those that are missing. Rows with the same key stay as they are.",
        run=(
            at.shell.psql(
                at.spec,
                *sql,
                '"INSERT INTO $TABLE SELECT * FROM lost_rows ON CONFLICT DO NOTHING"',
            ),
            at.shell.psql(at.spec, *sql, '"DROP TABLE lost_rows"'),
        ),
        check="It prints INSERT and the number of rows that were missing; the application "
        "shows them.",
        stop="Before you insert: rows were changed and not deleted, a trigger acts on the "
        "table, or another table refers to it. Let the owner of the data write the statement. "
        "lost_rows waits.",
    )
