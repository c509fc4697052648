"""What a deep drill reads: every page of every table, and every B-tree, of each database."""

from functools import partial

from .drill_run import Run, Value
from .drill_server import Server
from .job import Refusal
from .s3 import Fault

_NAMED = 3  # of what is damaged, in a sentence
_COLLATION_OF_DATABASE = 15  # the first version of PostgreSQL that keeps one


class Deep:
    """The proofs of one restored server that read all of it."""

    def __init__(self, run: Run, server: Server, major: int) -> None:
        """*major* is the server's version."""
        self._run, self._server, self._major = run, server, major

    def prove(self) -> None:
        """Ask all; each is needed by the rung `consistent`."""
        prove = partial(self._run.prove, rung="consistent")
        prove("data checksums", ask=self._checksums)
        rows = self._server.rows("select datname from pg_database where datallowconn order by 1")
        for (database,) in rows:
            self._run.step(f"read {database}")
            prove(f"pages of {database}", ask=partial(self._pages, str(database)))
            prove(f"collations of {database}", ask=partial(self._collations, str(database)))

    def _checksums(self) -> Value:
        ((found,),) = self._server.rows("select current_setting('data_checksums')")
        if found != "on":
            raise Refusal(f"they are {found}; enable them with pg_checksums")
        return True

    def _pages(self, database: str) -> Value:
        """Read all relations by amcheck; return how many.

        Each page that is read is compared with its checksum too.
        """
        try:
            self._server.execute(_AMCHECK, database)
        except Refusal as refusal:
            raise Fault(f"amcheck in {database}: {refusal}; use an image that has it") from None
        ((schema,),) = self._server.rows(
            "select replace(quote_ident(n.nspname), '%', '%%') from pg_extension e "
            "join pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'",
            database,
        )
        read, damaged = 0, []
        for kind, oid, name in self._server.rows(_RELATIONS, database):
            read += 1
            if said := self._damage(database, schema, kind, oid):
                damaged.append(f"{name}: {said}")
        if damaged:
            more = f" and {len(damaged) - _NAMED} more" if len(damaged) > _NAMED else ""
            raise Refusal(
                f"{', '.join(damaged[:_NAMED])}{more}; compare with the source by pg_amcheck: if "
                "that is whole make a base backup, else restore from before the damage"
            )
        return read

    def _damage(self, database: str, schema: str, kind: str, oid: int) -> str:
        """Return what is wrong with a relation, without details, which may hold a row; "" if whole.

        The schema's name is quoted by PostgreSQL, and for values to be put into the query.
        """
        index = f"select 1, {schema}.bt_index_check(%s::regclass, true)"
        heap = f"select blkno, msg from {schema}.verify_heapam(%s::regclass, true, true)"  # noqa: S608 (as said above)
        try:
            found = self._server.rows(index if kind == "i" else heap, database, (oid,))
        except Refusal as refusal:
            return str(refusal).partition("; see whether")[0]
        return "" if kind == "i" or not found else f"block {found[0][0]}, {found[0][1]}"

    def _collations(self, database: str) -> Value:
        """Prove that what is sorted was sorted by the collations that the image has."""
        query = _COLLATIONS
        if self._major >= _COLLATION_OF_DATABASE:
            query += _DEFAULT
        changed = [
            f"{name} {was}, now {now}" for name, was, now in self._server.rows(query, database)
        ]
        if changed:
            raise Refusal(
                f"{', '.join(changed)}: indexes may be in the wrong order; reindex, then alter "
                "collation or database refresh (collation) version"
            )
        return None


_AMCHECK = (
    "create extension if not exists amcheck with schema pg_catalog; alter extension amcheck update"
)
"""pg_upgrade leaves an extension as it is, and one of before 14 has no verify_heapam."""

_RELATIONS = """
select c.relkind::text, c.oid::int8, c.oid::regclass::text
  from pg_class c join pg_am a on a.oid = c.relam
  left join pg_index i on i.indexrelid = c.oid
 where c.relpersistence = 'p'
   and (c.relkind in ('r', 'm', 't') and a.amname = 'heap'
     or c.relkind = 'i' and a.amname = 'btree' and i.indisready and i.indisvalid)
 order by c.relkind desc, pg_relation_size(c.oid) desc, c.oid
"""

_COLLATIONS = """
select format('collation %I', c.collname), c.collversion, pg_collation_actual_version(c.oid)
  from pg_collation c
 where c.collversion <> pg_collation_actual_version(c.oid)
   and exists (select from pg_depend d
                where d.refclassid = 'pg_collation'::regclass and d.refobjid = c.oid)
"""

_DEFAULT = """
union all
select format('database %I', d.datname), d.datcollversion,
       pg_database_collation_actual_version(d.oid)
  from pg_database d
 where d.datname = current_database()
   and d.datcollversion <> pg_database_collation_actual_version(d.oid)
"""
