/** How a report looks: light and dark, from a telephone to a wide screen, and on paper. */
export const sheet = `
:root {
  color-scheme: light dark;
  --ink: #1b1d21; --soft: #565c66; --line: #d9dce1; --page: #fdfdfc; --panel: #f4f4f1; --link: #0b5cad;
  --onesum-right: #0072b2; --onesum-wrong: #d55e00; --mark: #fff3c4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8e6e1; --soft: #a7abb3; --line: #383c44; --page: #15171b; --panel: #1e2127; --link: #7db8f0;
    --onesum-right: #5aaee0; --onesum-wrong: #ff9d5c; --mark: #4a4220;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 2.5rem) 4rem; max-width: 64rem;
  background: var(--page); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
p, li, dd { max-width: 68ch; }
p { margin: 0 0 .75rem; }
a { color: var(--link); text-underline-offset: .2em; text-decoration-thickness: .06em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.term { color: inherit; text-decoration-style: dotted; text-decoration-color: var(--soft); }
header .about { color: var(--soft); margin: 0 0 2rem; font-size: .9375rem; }
header .about bdi { color: var(--ink); font-weight: 600; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.6vw, 2.9rem); line-height: 1.15; letter-spacing: -.018em; font-weight: 680;
  margin: 0 0 1.25rem; max-width: 24ch; text-wrap: balance; overflow-wrap: break-word; }
h2 { font-size: 1.375rem; line-height: 1.25; letter-spacing: -.01em; font-weight: 650; margin: 3.5rem 0 .75rem; }
h3 { font-size: 1rem; line-height: 1.35; font-weight: 650; margin: 0 0 .5rem; }
.verdict { display: inline-flex; gap: .5em; align-items: baseline; margin: 0 0 .75rem; padding: .15rem .7rem;
  border: 1.5px solid currentColor; border-radius: 2rem; font-size: .875rem; font-weight: 600; }
.reasons p { font-size: 1.0625rem; }
.note { color: var(--soft); font-size: .9375rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; line-height: 1.4; }
th, td { text-align: right; vertical-align: top; padding: .5rem 0 .5rem 1.25rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child, .name { text-align: left; }
th:first-child, td:first-child { padding-left: 0; }
thead th { white-space: nowrap; font-size: .875rem; font-weight: 600; color: var(--soft); vertical-align: bottom; }
tbody th { font-weight: 500; overflow-wrap: break-word; }
tbody th.name { overflow-wrap: anywhere; }
td { white-space: nowrap; }
td.name { white-space: normal; }
td small { display: block; color: var(--soft); font-size: .8125rem; }
.numbers { max-width: 46rem; }
.wide { overflow-x: auto; }
.wide table { min-width: 100%; }
.wide .name { min-width: 6.5rem; max-width: 22rem; }
.figures { display: grid; gap: 2.25rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); margin: 1.25rem 0 0;
  max-width: 58rem; }
figure { margin: 0; min-width: 0; }
figure svg { display: block; width: 100%; max-width: 26rem; height: auto; }
figcaption { margin-top: .5rem; font-size: .9375rem; line-height: 1.5; color: var(--soft); max-width: 26rem; }
.shown { margin-top: 1.75rem; }
.classes { display: grid; gap: 1rem 1.25rem; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); margin: 1.25rem 0 0; }
.steps { padding-left: 1.4rem; margin: 0; }
.steps li { margin: 0 0 .9rem; padding-left: .35rem; }
.steps li::marker { font-weight: 650; color: var(--soft); }
pre { margin: .5rem 0 0; padding: .75rem 1rem; background: var(--panel); border-radius: .4rem; max-width: 100%;
  white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
details { margin: 1rem 0 0; }
summary { cursor: pointer; color: var(--link); padding: .25rem 0; }
dl { display: grid; gap: 1.5rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); margin: 1.25rem 0 0; }
dl > div { padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); scroll-margin-top: 1.5rem; }
dl > div:target { border-color: var(--link); background: var(--mark); }
dt { font-weight: 650; }
dd { margin: .25rem 0 0; }
sub { font-size: .75em; line-height: 0; }
dd.exact, dd.hides { color: var(--soft); font-size: .9375rem; line-height: 1.5; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
@media (max-width: 40rem) {
  th, td { padding-left: .7rem; }
  .wide table { font-size: .9375rem; }
  .numbers thead th { white-space: normal; }
  td small { white-space: normal; }
  .numbers td { font-size: .9375rem; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --page: #fff; --panel: #f3f3f3; --link: #000;
    --onesum-right: #0072b2; --onesum-wrong: #d55e00; --mark: #fff; }
  @page { margin: 16mm 14mm; }
  body { padding: 0; max-width: none; font-size: 10.5pt; line-height: 1.45; }
  h1 { font-size: 22pt; }
  h2 { font-size: 14pt; margin-top: 1.75rem; break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  figure, tr, li, dl > div, pre { break-inside: avoid; }
  thead { display: table-header-group; }
  .figures { grid-template-columns: 1fr 1fr; gap: 1.25rem 1.5rem; }
  .classes { grid-template-columns: repeat(6, 1fr); }
  dl { grid-template-columns: 1fr 1fr; gap: .8rem 1.5rem; }
  .wide { overflow: visible; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`
