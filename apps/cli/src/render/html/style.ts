/** How pages look: light and dark as the reader has it, on paper always light. No other file is needed. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--soft:#f4f6f8;--line:#d0d7de;--text:#1b1f24;--mute:#57606a;--ref:#1f5fa8;--cur:#a34a00;--pass:#16692f;--warn:#7d4e00;--fail:#b3211a;--link:#0a58b5}
@media (prefers-color-scheme:dark){:root{--back:#14171c;--soft:#1d2229;--line:#3a424d;--text:#e6e9ee;--mute:#a3adb8;--ref:#6cb0ff;--cur:#ffab5e;--pass:#56d274;--warn:#e8bd4b;--fail:#ff8a80;--link:#7cb8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.3rem;margin:2.2rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;margin:1.5rem 0 .4rem}
h4{font-size:1rem;margin:1rem 0 .3rem}
p{margin:.4rem 0}
a{color:var(--link)}
code,.code{font-family:ui-monospace,monospace;font-size:.92em}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--back);padding:.5rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.note,.meta{color:var(--mute);font-size:.92rem}
.scroll{position:relative;overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;font-size:.92rem;min-width:min(100%,20rem);overflow-wrap:break-word}time{white-space:nowrap}
caption{text-align:left;font-weight:600;padding:.2rem 0;color:var(--text)}
th,td{text-align:left;vertical-align:top;padding:.3rem .7rem .3rem .2rem;border-bottom:1px solid var(--line)}
th{font-weight:600}
tbody th{font-weight:500}
thead th{white-space:nowrap;color:var(--mute)}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td,tbody th{unicode-bidi:isolate;max-width:28rem;min-width:2rem}
.pass{color:var(--pass)}.warn{color:var(--warn)}.fail{color:var(--fail)}.mute{color:var(--mute)}
.status{font-weight:600;white-space:nowrap}
.box{border-left:4px solid var(--line);background:var(--soft);padding:.5rem .8rem;margin:.7rem 0}
.box.pass{border-color:var(--pass)}.box.warn{border-color:var(--warn)}.box.fail{border-color:var(--fail)}
.box{color:var(--text)}
ul.plain{list-style:none;padding-left:0}
ul.plain li{margin:.25rem 0}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0}
details{margin:.5rem 0;border:1px solid var(--line);border-radius:4px;padding:.4rem .7rem}
summary{cursor:pointer;font-weight:600;padding:.15rem 0}
figure{margin:.6rem 0;display:inline-block;max-width:100%;vertical-align:top;margin-right:1.5rem}
figcaption{font-size:.9rem;color:var(--mute);max-width:30rem}
svg{display:block;max-width:100%;height:auto}
svg text{fill:var(--mute);font:11px system-ui,sans-serif}
.ref{fill:var(--ref)}.cur{fill:var(--cur)}
.refline{stroke:var(--ref);fill:none;stroke-width:2}.curline{stroke:var(--cur);fill:none;stroke-width:2;stroke-dasharray:6 3}
.refhalf{fill:var(--ref);fill-opacity:.45}.curhalf{fill:var(--cur);fill-opacity:.45}
.gap{stroke:var(--fail);stroke-width:2.5}.dot{fill:var(--fail)}
.axis{stroke:var(--line)}
.band{fill:var(--cur);fill-opacity:.22}.curdot{fill:var(--cur)}.level{stroke:var(--text);stroke-width:1.5;stroke-dasharray:2 3}.limit{stroke:var(--fail);stroke-dasharray:5 4}
.solid{stroke-dasharray:none}.inline{display:inline-block;vertical-align:-1px;border:1px solid var(--line)}.fixed{max-width:none}.nowrap{white-space:nowrap}
.heat0{fill:var(--line)}.heat1{fill:var(--warn);fill-opacity:.55}.heat2{fill:var(--fail);fill-opacity:.75}.heat3{fill:var(--fail)}.heatbreak{fill:none;stroke:var(--mute)}
.share0{fill:var(--ref)}.share1{fill:var(--cur)}.share2{fill:var(--pass)}.share3{fill:var(--fail)}.share4{fill:var(--warn)}.share5{fill:var(--line)}
.passfill{fill:var(--pass)}.warnfill{fill:var(--warn)}.failfill{fill:var(--fail)}.textline{stroke:var(--text);fill:none;stroke-width:1.5}
.key{display:inline-block;width:.8em;height:.8em;margin-right:.3em;border:1px solid var(--text)}
.key.ref{background:var(--ref)}.key.cur{background:var(--cur)}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.6rem}
@media (max-width:40rem){body{padding:.6rem;font-size:15px}th,td{padding-right:.5rem}}
@media print{:root{color-scheme:light;--back:#fff;--soft:#f4f6f8;--line:#999;--text:#000;--mute:#333;--ref:#1f5fa8;--cur:#a34a00;--pass:#16692f;--warn:#7d4e00;--fail:#b3211a;--link:#000}
body{max-width:none;padding:0;font-size:10pt}nav,.skip{display:none}.scroll{overflow:visible}table{overflow-wrap:anywhere}time{white-space:normal}
details{border:0;padding:0}details::details-content{content-visibility:visible;display:block;height:auto;opacity:1}
h2,h3,h4,caption,summary{break-after:avoid}tr,figure,.box{break-inside:avoid}thead{display:table-header-group}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`.trim()
