# Running the fuzz programs, sourced by dev (./dev fuzz) and tests/run.sh. Each has a committed seed
# corpus tests/fuzz/corpus/NAME; what runs find is kept in build-fuzz/corpus/NAME, and an input that
# crashes becomes build-fuzz/NAME-crash-*: make a unit test of it.

readonly FUZZ_NAMES=(signature aws_chunked xml_request http_head json form refs table action
  condition parquet lua)
readonly FUZZ_INPUT_BYTES_MAX=16384
readonly FUZZ_INPUT_SECONDS_MAX=10

# fuzz_one NAME SECONDS: runs a program; the last line says how much was tried. Fails on a finding.
fuzz_one() {
  local name=$1 seconds=$2 log status=0 runs edges
  local corpus=build-fuzz/corpus/$name dict=()
  [[ -f tests/fuzz/$name.dict ]] && dict=("-dict=tests/fuzz/$name.dict")
  mkdir -p "$corpus"
  log=$(mktemp)
  "build-fuzz/tests/fuzz/${name}_fuzz" "$corpus" "tests/fuzz/corpus/$name" \
    "${dict[@]}" -max_total_time="$seconds" -max_len=$FUZZ_INPUT_BYTES_MAX \
    -timeout=$FUZZ_INPUT_SECONDS_MAX -artifact_prefix="build-fuzz/$name-" -print_final_stats=1 \
    >"$log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  edges=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2)
  [[ $status == 0 ]] || grep -v '^#' "$log" | tail -n 40
  rm -f "$log"
  printf 'fuzz %s: %s executions, %s edges, %s inputs kept, %s s\n' "$name" "${runs:-0}" \
    "${edges:-0}" "$(find "$corpus" -type f | wc -l)" "$seconds"
  return "$status"
}

# fuzz_all SECONDS: every program for that long; fails if one has found something.
fuzz_all() {
  local name status=0
  [[ $1 =~ ^[1-9][0-9]*$ ]] || die "SECONDS must be a number over 0, not '$1'"
  build fuzz
  for name in "${FUZZ_NAMES[@]}"; do
    fuzz_one "$name" "$1" || status=1
  done
  [[ $status == 0 ]] || die "a program has found something; its input is build-fuzz/NAME-crash-*"
}
