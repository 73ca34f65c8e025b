# Adds up the counts of runs of the field's suite; sourced.

passed=0 failed=0 expected=0 skipped=0 bad=0

# count COMMAND... : runs one suite; what it prints is shown, its last line counted.
count() {
    local output status=0 a=0 b=0 c=0 d=0
    output=$(mktemp)
    "$@" | tee "$output" || status=$?
    read -r a b c d < <(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed (\([0-9]*\) expected), \([0-9]*\) skipped$/\1 \2 \3 \4/p' "$output") || true
    rm -f "$output"
    passed=$((passed + ${a:-0})) failed=$((failed + ${b:-0})) expected=$((expected + ${c:-0})) skipped=$((skipped + ${d:-0}))
    [ $status -eq 0 ] || bad=$((bad + 1))
}

# counted : prints the sums, and fails when one of the runs did.
counted() {
    [ $bad -eq 0 ] || echo "$bad runs failed, were cut short or met a stale exception"
    echo "$passed passed, $failed failed ($expected expected), $skipped skipped"
    [ $bad -eq 0 ]
}
