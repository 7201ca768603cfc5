#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails if what a user reads calls a thing by another name than the glossary does: words.txt says
which names are not to be used, and what is to be written in their place. Also fails if an exception
there is no longer needed, unless --no-exceptions is given.   words.py ROOT [--no-exceptions]"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
TOKEN = re.compile(
    r'R"(?P<mark>[^()\s]*)\((?P<raw>.*?)\)(?P=mark)"|"(?P<text>(?:[^"\\\n]|\\.)*)"'
    r"|//(?P<comment>[^\n]*)|'(?:[^'\\\n]|\\.)+'", re.S)


def lines_of_page(text):
    """Prose alone: no blocks, no code, no targets of links."""
    text = re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.M | re.S)
    text = re.sub(r"`[^`\n]*`|\]\([^)\n]*\)|https?://\S+", " ", text)
    return list(enumerate(text.split("\n"), 1))


def lines_of_code(text, has_comments):
    """Texts in quotes; and comments, if they are part of a contract."""
    for token in TOKEN.finditer(text):
        line = text.count("\n", 0, token.start()) + 1
        start = text.rfind("\n", 0, token.start()) + 1
        if text[start:token.start()].lstrip().startswith("#include"):
            continue
        found = token["raw"] or token["text"] or (token["comment"] if has_comments else "") or ""
        for number, part in enumerate(found.split("\n")):
            yield line + number, re.sub(r"`[^`]*`", " ", part)


def all_lines():
    pages = ["*.md", "docs/*.md", "examples/README.md", "contrib/README.md"]
    for path in sorted({path for pattern in pages for path in root.glob(pattern)}):
        yield path, lines_of_page(path.read_text())
    for path in sorted(root.glob("include/**/*.hpp")):
        yield path, lines_of_code(path.read_text(), True)
    for folder in ("cli", "src"):
        for path in sorted(root.glob(folder + "/**/*.[ch]pp")):
            yield path, lines_of_code(path.read_text(), False)


class Word:
    def __init__(self, expression, instead):
        self.expression = re.compile(r"(?<!\w)(?:" + expression + r")(?!\w)", re.I)
        self.instead = instead
        self.exceptions = {}  # file or /expression/ -> whether it was needed

    def may_stand(self, file, line):
        for exception in self.exceptions:
            if exception.startswith("/"):
                fits = re.search(exception[1:-1], line)
            else:
                fits = exception == file
            if fits:
                self.exceptions[exception] = True
                return True
        return False


def read_words(path):
    words = []
    for line in path.read_text().splitlines():
        if line.startswith("  but "):
            exception = re.fullmatch(r"  but (/.*/|[^\s:]+): \S.*", line)
            words[-1].exceptions[exception[1]] = False
        elif line and not line.startswith("#"):
            expression, instead = line.split(" => ")
            words.append(Word(expression, instead))
    return words


words = read_words(pathlib.Path(__file__).with_name("words.txt"))
problems, count = [], 0
for path, lines in all_lines():
    file = str(path.relative_to(root))
    for number, line in lines:
        count += 1
        for word in words:
            found = word.expression.search(line)
            if found and not word.may_stand(file, line):
                problems.append(f"{file}:{number}: '{found[0]}': write {word.instead}")
if "--no-exceptions" not in sys.argv:
    problems += [f"tests/build/words.txt: nothing needs the exception '{exception}' of '{word.instead}'"
                 for word in words for exception, needed in word.exceptions.items() if not needed]
if count == 0:
    problems.append("there is nothing to read")
print("\n".join(problems) if problems else f"{count} lines, {len(words)} words that none of them holds")
sys.exit(1 if problems else 0)
