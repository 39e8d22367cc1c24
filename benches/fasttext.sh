#!/usr/bin/env bash
# Compares comments a second: `ontopic score` against the fastText command line, in one run, on the
# same text. Both read a file, load their model, and write to a file; both have one thread.
#
#   DATA=threads.jsonl benches/fasttext.sh
#
# DATA       a thread file, plain or gzip'd (datasets/README.md)
# ONTOPIC    the program; built with `cargo build --release` if not given
# MODEL      a model file; the default model if not given
# FASTTEXT   the fastText program (Debian: `apt-get install fasttext`); `fasttext` if not given
# RUNS       how often each is run; the fastest counts; 5 if not given
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=${DATA:?expected a thread file in DATA}
fasttext=${FASTTEXT:-fasttext}
runs=${RUNS:-5}
model=()
if [ -n "${MODEL:-}" ]; then
    model=(--model "$MODEL")
fi
if [ -z "${ONTOPIC:-}" ]; then
    (cd "$here" && cargo build --release --quiet)
    ONTOPIC="${CARGO_TARGET_DIR:-$here/target}/release/ontopic"
fi
for program in "$fasttext" "$ONTOPIC" python3; do
    if ! command -v "$program" >/dev/null; then
        printf 'error: expected the program `%s`, found none\n' "$program" >&2
        exit 2
    fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One comment a line, with its label, for fastText; the threads uncompressed for ontopic, so that
# neither spends its time on gzip.
python3 - "$data" "$work" <<'PYTHON'
import gzip, json, sys
path, work = sys.argv[1:]
opened = gzip.open if open(path, "rb").read(2) == b"\x1f\x8b" else open
with opened(path, "rt", encoding="utf-8") as lines, \
        open(work + "/text.txt", "w", encoding="utf-8") as text, \
        open(work + "/threads.jsonl", "w", encoding="utf-8") as threads:
    for line in lines:
        if not line.strip():
            continue
        threads.write(line)
        for comment in json.loads(line)["comments"]:
            body = " ".join((comment.get("body") or "").split())
            text.write("__label__%s %s\n" % (comment.get("label") or "none", body))
PYTHON
n_comments=$(wc -l <"$work/text.txt")
n_bytes=$(wc -c <"$work/text.txt")

# `-loss softmax` and the other defaults; training time does not count.
"$fasttext" supervised -input "$work/text.txt" -output "$work/words" -thread 2 -verbose 0 >/dev/null
"$fasttext" supervised -input "$work/text.txt" -output "$work/ngrams" -thread 2 -verbose 0 \
    -dim 16 -epoch 2 -wordNgrams 2 -minn 3 -maxn 5 -bucket 500000 >/dev/null

# Microseconds that a command takes; its output goes to a file, as its user would have it.
micros() {
    local start=${EPOCHREALTIME/./}
    "$@" >"$work/out"
    printf '%s\n' $((${EPOCHREALTIME/./} - start))
}

score_one() { "$ONTOPIC" score "${model[@]}" --threads 1 "$work/threads.jsonl"; }
score_all() { "$ONTOPIC" score "${model[@]}" "$work/threads.jsonl"; }
explain_one() { "$ONTOPIC" score "${model[@]}" --threads 1 --explain "$work/threads.jsonl"; }
predict_words() { "$fasttext" predict-prob "$work/words.bin" "$work/text.txt"; }
predict_ngrams() { "$fasttext" predict-prob "$work/ngrams.bin" "$work/text.txt"; }

names=(score_one score_all explain_one predict_words predict_ngrams)
declare -A best
# In turn, so that a busy moment of the machine meets all of them.
for _ in $(seq "$runs"); do
    for name in "${names[@]}"; do
        time=$(micros "$name")
        if [ -z "${best[$name]:-}" ] || [ "$time" -lt "${best[$name]}" ]; then
            best[$name]=$time
        fi
    done
done

declare -A titles=(
    [score_one]="ontopic score --threads 1"
    [score_all]="ontopic score, a thread per core"
    [explain_one]="ontopic score --threads 1 --explain"
    [predict_words]="fasttext predict-prob, words (its defaults)"
    [predict_ngrams]="fasttext predict-prob, words, pairs and n-grams of 3 to 5"
)
printf '%s comments, %s bytes of text, best of %s runs\n\n' "$n_comments" "$n_bytes" "$runs"
printf '| program | seconds | comments a second |\n| --- | ---: | ---: |\n'
for name in "${names[@]}"; do
    awk -v title="${titles[$name]}" -v micros="${best[$name]}" -v n="$n_comments" \
        'BEGIN { printf "| %s | %.2f | %d |\n", title, micros / 1e6, n * 1e6 / micros }'
done
