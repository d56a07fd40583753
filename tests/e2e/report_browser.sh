#!/usr/bin/env bash
# Reports in a real browser that has no network: nothing is asked for, nothing complains, tables sort, the page is no
# wider than its window. And a report of 100,000 trials: made in under 30 s, under 10 MB, and it opens.
# usage: report_browser.sh WINNOW TESTS LARGE_CAMPAIGN
set -euo pipefail
export WINNOW=$1
TESTS=$2
large=$3
. "$TESTS/e2e/common.sh"
rm -rf report_browser
mkdir report_browser
cd report_browser

# A campaign of images (convolutions), one of two stages, and a large one.
/usr/bin/python3 "$TESTS/e2e/make_images.py" images.h5
cp "$TESTS/e2e/images.yaml" filters.yaml
cp "$TESTS/e2e/blobs.yaml" .
for space in filters blobs; do
    "$WINNOW" run $space.yaml -o $space.h5 >$space.log 2>&1 || { cat $space.log; fail "$space"; }
    "$WINNOW" report $space.h5 >/dev/null
done
"$large" large.h5 100000
begin=$(date +%s%N)
"$WINNOW" report large.h5 >/dev/null
took=$((($(date +%s%N) - begin) / 1000000))
size=$(stat -c %s large.html)
echo "100,000 trials: $took ms, $size bytes"
[ $took -lt 30000 ] || fail "the large report took $took ms"
[ "$size" -lt 10000000 ] || fail "the large report has $size bytes"
for n in 1 2; do [ "$(grep -c 'Drawn are 1500 of the 100000 trials' large.html)" -ge $n ] || fail "the sample is not spoken of"; done

# Every look of the page goes through here: its DOM to stdout, what the browser says to browser.log.
browse() { # browse WIDTH PAGE
    timeout 300 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --disable-default-apps --disable-extensions --metrics-recording-only \
        --host-resolver-rules="MAP * ~NOTFOUND" --user-data-dir="$PWD/profile" --log-net-log="$PWD/net.json" \
        --enable-logging=stderr --v=0 --window-size="$1",2000 --virtual-time-budget=20000 --dump-dom "file://$PWD/$2" 2>browser.log
}

# The page as it is, with what asks it questions at its end: that script's answers become the title.
for space in filters blobs large; do
    /usr/bin/python3 - $space <<'END'
import sys

name = sys.argv[1]
page = open(name + ".html", encoding="utf-8").read()
questions = """<script nonce="winnow">
const answers = {};
const header = [...document.querySelectorAll('th.n button')].find(b => b.textContent === 'val_accuracy');
const column = () => [...header.closest('table').tBodies[0].rows].map(r => Number(r.cells[header.parentNode.cellIndex].dataset.v));
const rises = v => v.every((x, i) => i === 0 || v[i - 1] <= x), falls = v => rises([...v].reverse());
header.click();
answers.up = rises(column()) && header.parentNode.getAttribute('aria-sort') === 'ascending';
header.click();
answers.down = falls(column()) && header.parentNode.getAttribute('aria-sort') === 'descending';
answers.fits = document.documentElement.scrollWidth <= window.innerWidth;
answers.sections = document.querySelectorAll('section').length;
answers.figures = [...document.querySelectorAll('figure svg')].filter(s => s.getBoundingClientRect().height > 60).length;
answers.marks = [...document.querySelectorAll('use')].every(u => document.querySelector(u.getAttribute('xlink:href')));
answers.inert = window.planted === undefined;
document.body.style.width = '400px';
const wide = [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll *') && e.getBoundingClientRect().right > 401);
answers.narrow = wide.length === 0;
document.title = JSON.stringify(answers);
</script></body>"""
open(name + ".asked.html", "w", encoding="utf-8").write(page.replace("</body>", '<script>window.planted = 1</script>' + questions))
END
    for width in 1280 500; do
        browse $width $space.asked.html >dom.html || { cat browser.log; fail "the browser"; }
        /usr/bin/python3 - $space $width <<'END'
import json
import re
import sys

name, width = sys.argv[1:]
dom = open("dom.html", encoding="utf-8").read()
title = re.search(r"<title>(.*?)</title>", dom).group(1).replace("&quot;", '"')
answers = json.loads(title)
figures = len(re.findall("<figure", open(name + ".html", encoding="utf-8").read()))
sections = {"filters": 12}.get(name, 11)
for question, wanted in dict(up=True, down=True, fits=True, sections=sections, figures=figures, marks=True, inert=True, narrow=True).items():
    if answers[question] != wanted:
        raise SystemExit(f"FAILED: {name} at {width}: {question} is {answers[question]}, not {wanted}")
said = [line for line in open("browser.log", encoding="utf-8", errors="replace") if "CONSOLE" in line]
# The planted script is refused, aloud.
if len(said) != 1 or "Content Security Policy" not in said[0]:
    raise SystemExit(f"FAILED: {name} at {width} says on the console: {said}")
net = json.load(open("net.json", encoding="utf-8"))
asked = sorted({e["params"]["url"] for e in net["events"] if "url" in e.get("params", {})})
# The browser itself would like to call home.
asked = [url for url in asked if not re.match(r"https?://[a-z0-9.]+\.google(apis)?\.com/", url)]
if [url for url in asked if not url.startswith(("data:", "chrome:", "devtools:", "about:")) and not url.endswith(f"/{name}.asked.html")]:
    raise SystemExit(f"FAILED: {name} at {width} asks for {asked}")
print(name, "at", width, answers)
END
    done
done
# The page without additions says nothing at all.
for space in filters blobs large; do
    browse 1280 $space.html >dom.html
    ! grep CONSOLE browser.log || fail "$space has something to say"
done
