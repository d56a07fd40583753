"""What a report says, read by an independent parser and held against the results file.

usage: read_report.py NAME..           NAME.html against NAME.h5, NAME.figures beside them
       read_report.py --parse PAGE.html  only that it parses and loads nothing
"""
import html.parser
import os
import re
import sys
import xml.etree.ElementTree

SECTIONS = ["verdict", "parameters", "coordinates", "curves", "search", "importance", "fit", "updates", "ensemble",
            "utilisation", "trials"]
VOID = {"meta", "link", "br"}


def fail(text):
    raise SystemExit("FAILED: " + text)


class Page(html.parser.HTMLParser):
    """Tables by caption, figures by label, texts by section."""

    def __init__(self, name):
        super().__init__(convert_charrefs=True)
        self.name, self.open, self.ids, self.scripts = name, [], [], 0
        self.tables, self.figures, self.text = [], [], ""
        self.feed(open(name, encoding="utf-8").read())
        self.close()
        if self.open:
            fail(f"{name}: {self.open} stay open")

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        for key, value in attrs.items():
            if key in ("src", "href", "xlink:href", "action", "data", "srcset", "poster") and not value.startswith(("#", "data:,")):
                fail(f"{self.name}: <{tag} {key}={value}> loads something")
            if key.startswith("on"):
                fail(f"{self.name}: <{tag}> has {key}")
            if re.search(r"https?:|//", value or "") and not key.startswith("xmlns"):
                fail(f"{self.name}: <{tag} {key}={value}>")
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "script":
            self.scripts += 1
            if attrs.get("nonce") != "winnow":
                fail(f"{self.name}: a script from elsewhere")
        if tag == "table":
            self.tables.append({"caption": "", "columns": [], "rows": []})
        if tag == "tr" and "tbody" in self.open:
            self.tables[-1]["rows"].append([])
        if tag == "td":
            self.tables[-1]["rows"][-1].append([attrs.get("data-v"), ""])
        if tag == "th":
            self.tables[-1]["columns"].append("")
        if tag == "svg" and attrs.get("aria-label"):
            self.figures.append({"label": attrs["aria-label"], "words": []})
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            fail(f"{self.name}: </{tag}> closes nothing")

    def handle_data(self, data):
        if "script" in self.open or "style" in self.open:
            if re.search(r"https?:|@import|url\(", data):
                fail(f"{self.name}: style or script loads something")
            return
        self.text += data
        if "caption" in self.open:
            self.tables[-1]["caption"] += data
        elif "td" in self.open:
            self.tables[-1]["rows"][-1][-1][1] += data
        elif "th" in self.open:
            self.tables[-1]["columns"][-1] += data
        elif self.open and self.open[-1] == "text":
            self.figures[-1]["words"].append(data.strip())

    def table(self, caption):
        for table in self.tables:
            if table["caption"].startswith(caption):
                return table
        return fail(f"{self.name}: no table \"{caption}\"")

    def figure(self, label):
        for figure in self.figures:
            if figure["label"] == label:
                return figure["words"]
        return fail(f"{self.name}: no figure \"{label}\"")


def parse(name):
    page = Page(name)
    for section in SECTIONS:
        if page.ids.count(section) != 1:
            fail(f"{name}: section {section} is there {page.ids.count(section)} times")
    if len(page.ids) != len(set(page.ids)):
        fail(f"{name}: identifiers stand twice")
    if page.scripts != 1:
        fail(f"{name}: {page.scripts} scripts")
    raw = open(name, encoding="utf-8").read()
    pictures = re.findall(r"<svg .*?</svg>", raw, re.S)
    for picture in pictures:
        xml.etree.ElementTree.fromstring(picture if "xmlns=" in picture else picture.replace("<svg", '<svg xmlns="x"', 1))
    for table in page.tables:
        for row in table["rows"]:
            if len(row) != len(table["columns"]):
                fail(f"{name}: a row of \"{table['caption']}\" has {len(row)} cells for {len(table['columns'])} columns")
    return page


def holds(page, *texts):
    for text in texts:
        if text not in re.sub(r"\s+", " ", page.text):
            fail(f"{page.name} does not say \"{text}\"")


def compare(name):
    import h5py
    import numpy as np

    page, file = parse(name + ".html"), h5py.File(name + ".h5")
    trials, ensemble, data = file["trials"][:], file["ensemble"], file["data"]
    names = [n.decode() for n in data["class_names"][:]]
    done = trials[trials["status"] == b"completed"]
    loss = ensemble.attrs["metric"] == "val_loss"
    best = done[np.lexsort((done["id"], done["val_loss"] if loss else -done["val_accuracy"]))]

    # The verdict.
    seconds = trials["seconds"].sum()
    cost = f"{seconds:.3g} core-seconds" if seconds < 36 else f"{seconds / 3600:.4f} core-hours"
    holds(page, f"{best[0]['val_loss']:.4f}" if loss else f"{100 * best[0]['val_accuracy']:.2f} %", f"trial {best[0]['id']}, stage",
          f"{100 * ensemble['test_accuracy'][()]:.2f} %", f"{100 * ensemble['single_test_accuracy'][()]:.2f} %",
          f"{len(trials)} of {len(trials)}", f"{len(done)} completed", f"The test set was asked {len(ensemble['test_evaluations'])} time",
          cost, f"{trials['epochs'].sum()} epochs")
    values = {row[0][1]: row[1][1] for row in page.table("The best trial's values")["rows"]}
    if abs(float(values["learning_rate"]) / best[0]["learning_rate"] - 1) > 1e-4:
        fail(f"{name}: learning_rate {values['learning_rate']} of the best trial")

    # Trials and ranges.
    shown = page.table(f"The best {min(len(done), 50)} of {len(done)} completed trials")["rows"]
    for row, stored in zip(shown, best):
        if int(row[0][1]) != stored["id"] or abs(float(row[2][0]) - stored["val_accuracy"]) > 1e-12:
            fail(f"{name}: {row} is not trial {stored['id']}")
    if len(trials) > len(done):
        without = page.table("The trials without a result")["rows"]
        if [int(row[0][1]) for row in without] != list(trials["id"][trials["status"] != b"completed"])[:20]:
            fail(f"{name}: trials without a result")
    ranges = page.table("What each stage drew from")["rows"]
    stages = file["stages"][:]
    for row in ranges:
        of = stages[(stages["stage"] == int(float(row[1][0]))) & (stages["parameter"] == row[0][1].encode())]
        if len(of) != 1 or of[0]["name"].decode() != row[1][1]:
            fail(f"{name}: range {row}")
        if np.isfinite(of[0]["after_min"]):
            low = float(row[2][1].split(" to ")[0])
            if abs(low - of[0]["after_min"]) > 1e-4 * abs(low):
                fail(f"{name}: range {row}, stored {of[0]['after_min']}")

    # Fit: the best ten, at their best epochs.
    curves = file["curves"][:]
    train = [curves["train_accuracy"][(curves["trial"] == t["id"]) & (curves["epoch"] == t["best_epoch"])][0] for t in best[:10]]
    holds(page, f"{100 * np.median(train):.2f} % of their training part", f"{100 * np.median(best['val_accuracy'][:10]):.2f} % of the validation part")

    # The ensemble: weights, disagreement, confusion.
    members, counts, labels = ensemble["members"][:], ensemble["counts"][:], data["validation_labels"][:]
    probabilities = np.array([file[f"members/{m}/validation_probabilities"][:] for m in members], dtype=np.float64)
    mean = np.tensordot(counts, probabilities, 1)
    said = mean.argmax(1)
    table = page.table("Members, by weight")["rows"]
    if [(int(row[0][1]), int(row[1][1])) for row in table] != list(zip(members, counts)):
        fail(f"{name}: members")
    for row, own in zip(table, probabilities.argmax(2)):
        if abs(float(row[5][0]) - 100 * np.mean(own != said)) > 1e-9:
            fail(f"{name}: trial {row[0][1]} differs on {row[5][1]} %")
    if len(members) > 1:
        answers = probabilities.argmax(2)
        pairs = [np.mean(answers[a] != answers[b]) for a in range(len(members)) for b in range(a)]
        holds(page, f"{100 * np.mean(pairs):.2f} % in the mean of all pairs")
    wrong = {}
    for label, predicted in zip(labels, said):
        if label != predicted:
            wrong[names[label], names[predicted]] = wrong.get((names[label], names[predicted]), 0) + 1
    if wrong:
        rows = page.table("The most frequent mistakes")["rows"]
        found = {(row[0][1], row[1][1]): int(row[2][1]) for row in rows}
        if any(wrong.get(pair) != times for pair, times in found.items()) or len(found) != min(len(wrong), 15):
            fail(f"{name}: mistakes {found}, not {wrong}")
    right = np.bincount(labels[labels == said], minlength=len(names))
    words = page.figure("Confusion matrix")
    for class_name, count in zip(names, right):
        short = class_name if len(class_name) <= 14 else class_name[:13] + "…"
        if words.count(short) < 2 or (count > 0 and str(count) not in words):
            fail(f"{name}: class {short} with {count} in {words}")

    # Utilisation.
    starts, leases = file["starts"][:], file["leases"][:]
    span = np.nanmax(leases["end"]) - starts["time"][0]
    busy = (leases["end"] - leases["start"]).sum() / (span * starts["ranks"][0])
    holds(page, f"{100 * busy:.1f} % of the time")

    # Figures: axes have names with units, files are there.
    for figure in page.figures:
        axes = [word for word in figure["words"] if word.endswith(")") and "(" in word]
        if len(axes) < 2 and figure["label"] not in ("Parallel coordinates of parameters and metric", "Filters of the first convolution as images"):
            fail(f"{name}: {figure['label']} has the axes {axes}")
    files = os.listdir(name + ".figures")
    if len(files) != len(page.figures):
        fail(f"{name}: {len(files)} files of {len(page.figures)} figures")
    for picture in files:
        with open(os.path.join(name + ".figures", picture), "rb") as f:
            if f.read(8) != b"\x89PNG\r\n\x1a\n":
                fail(f"{picture} is no PNG")
    print(name, "says what the file says, in", len(page.figures), "figures and", len(page.tables), "tables")
    return page


if sys.argv[1] == "--parse":
    for path in sys.argv[2:]:
        parse(path)
else:
    for campaign in sys.argv[1:]:
        checked = compare(campaign)
        if campaign == "filters" and "filters" not in checked.ids:
            fail("a convolutional campaign shows no filters")
