"""What pages that leave the product look like: its colours, light and dark, and its type."""

PAGE_STYLE = """
:root { color-scheme: light dark; font: 13px/1.45 Inter, system-ui, sans-serif;
  --bg: light-dark(#f6f6f8, #0f0f13); --surface: light-dark(#fff, #17171c); --line: light-dark(#e3e3e8, #282830);
  --ink: light-dark(#18181d, #eeeef3); --quiet: light-dark(#4c4c58, #b9b9c6); --ok: light-dark(#177245, #58c896);
  --warn: light-dark(#875300, #efb84f); --bad: light-dark(#b42318, #ff8f85); --accent: light-dark(#5347d6, #8f86ff); }
body { margin: 0; background: var(--bg); color: var(--ink); }
main { max-width: max-content; margin: 0 auto; padding: 24px; box-sizing: border-box; }
h1 { font-size: 20px; } h2 { font-size: 15px; margin-top: 32px; }
dl div { display: flex; gap: 8px; } dt { flex: 0 0 130px; color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; } thead th { border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
@media print { body, .wide { background: none; } .wide { overflow: visible; border: 0; } tr { break-inside: avoid; } }
"""
