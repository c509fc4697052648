"""The look of a drill's page: one document without a script, which asks for nothing."""

from html import escape

MARKS = {
    "passed": '<path d="M3 8.5 6.5 12 13 4.5"/>',
    "missed": '<path d="M8 2.5 14 13.5H2Z"/><path d="M8 6.5v3.2M8 11.6v.1"/>',
    "failed": '<path d="m4 4 8 8m0-8-8 8"/>',
    "unverified": '<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3.6M8 11v.1"/>',
}
"""The shape of each verdict, drawn by lines in a square of 16."""

_STYLE = """
:root { color-scheme: light dark; --page: #f6f7f8; --card: #fff; --ink: #1b1f24;
  --soft: #57606a; --line: #d9dee3; --track: #e6eaee; --fill: #3b5b7a; --passed: #17693a;
  --missed: #8a5300; --failed: #b42318; --unverified: #6941a5 }
@media (prefers-color-scheme:dark) {
  :root { --page: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #a6aeb7; --line: #353b42;
    --track: #2b3138; --fill: #8fb4d6; --passed: #74d09a; --missed: #e8b75c; --failed: #ff938a;
    --unverified: #c9b0f7 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; -webkit-text-size-adjust: 100% }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1,h2,h3,h4,p,ol,ul,dl,dd,figure { margin: 0; padding: 0 }
h1 { font-size: 2.25rem; line-height: 1.15; font-weight: 650; letter-spacing: -.01em }
h2 { font-size: 1.25rem; line-height: 1.3; font-weight: 650 }
h3,h4 { font-size: .9375rem; line-height: 1.4; font-weight: 650 }
h4 { font-weight: 500 }
.one { margin-top: 2.5rem }
.one>details { margin-top: 1rem }
a { color: inherit; text-underline-offset: .2em }
a:focus-visible,summary:focus-visible { outline: 2px solid var(--fill); outline-offset: 2px }
code { font: .875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace }
.soft { color: var(--soft) }
.small { font-size: .875rem }
.passed { --tone: var(--passed) }
.missed { --tone: var(--missed) }
.failed { --tone: var(--failed) }
.unverified { --tone: var(--unverified) }
.word { color: var(--tone); font-weight: 600 }
td .word { white-space: nowrap }
.icon { width: 1.05em; height: 1.05em; vertical-align: -.16em; fill: none; stroke: currentColor;
  stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.verdict { background: var(--card); border: 1px solid var(--line);
  border-left: .375rem solid var(--tone); border-radius: .5rem; padding: 1.5rem }
.verdict h1,.verdict h2 { color: var(--tone); margin: .25rem 0 .5rem }
.verdict h1 .icon { stroke-width: 2.25; margin-right: .3em }
.verdict .why { margin-top: .75rem; font-weight: 600 }
.block { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: 1.25rem 1.5rem; margin-top: 1rem }
.block>h2,.block>h3 { margin-bottom: .875rem }
.rungs { display: grid; gap: .75rem 1.25rem; list-style: none; margin-top: 1.25rem;
  grid-template-columns: repeat(auto-fit,minmax(min(7.5rem,100%),1fr)); color: var(--soft) }
.rungs li { border-top: 3px solid var(--line); padding-top: .375rem; font-weight: 600;
  line-height: 1.35 }
.rungs span { font-weight: 400; font-size: .875rem }
.rungs .done { border-color: var(--passed); color: var(--ink) }
.pair { display: grid; gap: 1.5rem 2.5rem;
  grid-template-columns: repeat(auto-fit,minmax(min(15rem,100%),1fr)) }
.figure { font-size: 1.75rem; line-height: 1.2; font-weight: 600; letter-spacing: -.01em }
.bar { height: .625rem; border-radius: .3125rem; background: var(--track); overflow: hidden;
  margin: .5rem 0 .375rem; print-color-adjust: exact; -webkit-print-color-adjust: exact }
.bar i { display: block; height: 100%; width: var(--w); background: var(--tone,var(--fill));
  min-width: 2px }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .375rem 1rem;
  align-items: center }
.bars .bar { margin: 0 }
.right { text-align: right }
.after { margin-top: .75rem }
.short { white-space: nowrap }
.strip { display: grid; grid-template-columns: 4.5rem 1fr; gap: .125rem 1rem;
  align-items: center }
.strip+.strip { margin-top: .75rem }
.strip .below { grid-column: 2 }
.strip svg { width: 100%; max-width: 32rem; height: auto; display: block }
.marks path,.marks circle { fill: none; stroke: var(--tone); stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round }
.marks .passed,.marks .missed { fill: var(--tone) }
table { border-collapse: collapse; width: 100%; font-size: .9375rem }
th,td { text-align: left; vertical-align: top; padding: .5rem 1rem .5rem 0;
  border-top: 1px solid var(--line) }
thead th { border-top: 0; padding-top: 0; color: var(--soft); font-weight: 500;
  font-size: .875rem }
thead th { overflow-wrap: normal }
tbody th { font-weight: 500 }
td[data-of] { min-width: 5rem }
th:last-child,td:last-child { padding-right: 0 }
td.number,th.number { text-align: right }
dl.facts { display: grid; grid-template-columns: minmax(7rem,max-content) 1fr;
  gap: .375rem 1.5rem; font-size: .9375rem }
dl.facts dt { color: var(--soft) }
summary { cursor: pointer; font-weight: 600 }
details[open]>summary { margin-bottom: .75rem }
footer { margin-top: 2rem; color: var(--soft); font-size: .875rem }
@media (max-width:40rem) {
  main { padding: 1rem .75rem 3rem }
  h1 { font-size: 1.875rem }
  .verdict,.block { padding: 1rem }
  .strip { grid-template-columns: 1fr }
  .strip .below { grid-column: 1 }
  dl.facts { grid-template-columns: 1fr; gap: 0 }
  dl.facts dd+dt { margin-top: .5rem }
  .cards thead { display: none }
  .cards tr { display: block; padding: .75rem 0; border-top: 1px solid var(--line) }
  .cards tr:first-child { border-top: 0; padding-top: 0 }
  .cards th,.cards td { display: block; border: 0; padding: .0625rem 0 }
  .cards td.number { text-align: left }
  .cards td[data-of]:before { content: attr(data-of) ": "; color: var(--soft) }
}
@media print {
  @page { size: A4; margin: 16mm 14mm }
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --track: #e4e4e4;
    --fill: #3b5b7a; --passed: #17693a; --missed: #8a5300; --failed: #b42318;
    --unverified: #6941a5 }
  body { font-size: 10pt }
  main { max-width: none; padding: 0 }
  .verdict,section.block,.bar,tr,.strip,h2,h3 { break-inside: avoid }
  h2,h3,thead,summary { break-after: avoid }
  details::details-content { content-visibility: visible; block-size: auto }
  a { text-decoration: none }
}
"""


def document(title: str, body: str) -> str:
    """Return the whole page around the HTML *body*."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        # A reader of the file has no server whose headers would say so.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">\n"
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n'
        f"<title>{text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def text(value: object) -> str:
    """Return a value as text of HTML, for an element or a quoted attribute."""
    return escape(str(value).encode(errors="replace").decode())


def icon(verdict: str) -> str:
    """Return the shape of a verdict, as large as the text around it."""
    return f'<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{MARKS[verdict]}</svg>'


def word(verdict: str, said: str) -> str:
    """Return a word in the colour and with the shape of a verdict."""
    return f'<span class="word {verdict}">{icon(verdict)} {text(said)}</span>'


def block(title: str, content: str, heading: str) -> str:
    """Return a part of the page with its title; *heading* is `h2` or `h3`."""
    return f'<section class="block"><{heading}>{text(title)}</{heading}>{content}</section>'


def bar(share: float, verdict: str = "") -> str:
    """Return a bar that is filled by a *share* of 1, at most whole."""
    width = 100 * min(max(share, 0.0), 1.0)
    return f'<div class="bar {verdict}"><i style="--w:{width:.1f}%"></i></div>'
