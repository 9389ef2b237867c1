# The body of ./dev test, sourced by dev: runs everything, counts, says how long each stage took,
# and ends with 'N passed, M failed'.

. tests/fuzz/run.sh
. tests/stores.sh
. packaging/test.sh

readonly UNIT_TEST_SECONDS=900
# For each fuzz program, and for all of them together.
readonly FUZZ_SECONDS=10
readonly FUZZ_SECONDS_FULL=600
# What clients do to the server that is built with ThreadSanitizer. It runs about ten times slower:
# what is bound to one thread, or to limits of time, is left out.
readonly TSAN_CLIENT_TESTS='scenario or concurrency or crash or many_at_once or recorded
  or (test_s3_objects and not large) or test_s3_multipart or test_presigned'

# What clients do runs once more on these databases.
readonly DATABASE_TESTS='test_scenarios or test_s3_recorded'

# Tests of what stands on the KV run once more on the least that a KV may keep, and with --full on
# PostgreSQL.
readonly KV_TESTS=(auth catalog refs s3gw serving staging versioning)
# Not there: what runs an operation once for each of its calls, or pair of calls, and large trees.
readonly POSTGRES_LEFT_OUT='*Interleaving*:NoOpinion*:*Crash*:*Model*:StagedUpdate*:SealedTokens*
  :Repositories*Test*:ImportTakeover*:ImportGolden*'
# The same seeds in each run, as many as the time allows; with --full others than ever before.
readonly SIM_SECONDS=60 SIM_FIRST_SEED=1
readonly SIM_SECONDS_FULL=600

passed=0
failed=0
# Names of what failed, told once more at the end; the details stand where it happened.
failures=()
skipped=()
stages=()

# stage NAME COMMAND...: runs a command and notes how long it took.
stage() {
  local name=$1 begun=$SECONDS status
  shift
  "$@"
  status=$?
  stages+=("$(printf '%3d:%02d  %s' $(((SECONDS - begun) / 60)) $(((SECONDS - begun) % 60)) \
    "$name")")
  return $status
}

# note_failure TEXT: counts a failure that has no tests of its own.
note_failure() {
  failed=$((failed + 1))
  failures+=("$*")
  printf 'FAIL %s\n' "$*"
}

# build_for_tests PRESET: builds everything; a failure is counted, not fatal.
build_for_tests() {
  stage "build $1" build_all "$1"
}

build_all() {
  (build "$1" all) || {
    note_failure "the build of preset $1"
    return 1
  }
}

# beside COMMAND...: runs a command in the background, as many at once as there are processors.
beside() {
  while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n; done
  "$@" &
}

# logged LOG COMMAND...: runs a command; its output becomes LOG and its status LOG.status.
logged() {
  "${@:2}" >"$1" 2>&1
  echo $? >"$1.status"
}

# unit_tests DIR [NAME...]: the test programs of a build, all or those named, on each core one; that
# of versioning, the longest, is among the first.
unit_tests() {
  local dir=$1 programs logs i
  shift
  logs=$(mktemp -d)
  mapfile -t programs < <(find "$dir/src" "$dir/tests" -name '*_test' -type f -executable | sort -r)
  if [[ $# -gt 0 ]]; then
    programs=()
    for i in "$@"; do programs+=("$dir/src/$i/${i}_test"); done
  fi
  for i in "${!programs[@]}"; do
    say "${programs[i]}"
    beside logged "$logs/$i" timeout "$UNIT_TEST_SECONDS" "${programs[i]}" --gtest_color=no
  done
  wait
  for i in "${!programs[@]}"; do
    count_unit_tests "$(<"$logs/$i.status")" "${programs[i]}" "$logs/$i"
  done
  rm -rf "$logs"
}

# count_unit_tests STATUS PROGRAM LOG
count_unit_tests() {
  local status=$1 program=$2 log=$3 good bad name
  good=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log")
  bad=$(sed -n 's/^ *\([0-9]*\) FAILED TESTS\?$/\1/p' "$log")
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
  while read -r name; do
    skipped+=("$program: $name")
  done < <(sed -n '/tests\?, listed below:$/,$ s/^\[  SKIPPED \] \(.*\)/\1/p' "$log")
  while read -r name; do
    failures+=("$program: $name")
  done < <(sed -n '/tests\?, listed below:$/,$ s/^\[  FAILED  \] \(.*\)/\1/p' "$log")
  # A program that ended otherwise (a crash, a sanitizer, the time limit) counts as one failure.
  if [[ $status != 0 && -z $bad ]]; then
    note_failure "$program ended with status $status"
  fi
  if [[ $status != 0 ]]; then
    grep -n 'Failure$' -A 12 "$log" | head -60
    tail -n 25 "$log"
  fi
}

# python_tests PROGRAM ARGUMENT...: tests of tests/conformance against a program. Files run beside
# each other, more than there are processors: most wait for a server, or for time to pass.
python_tests() {
  local program=$1 log
  shift
  log=$(mktemp)
  say "conformance of $program${*:+ ($*)}"
  TARN_PROGRAM=$ROOT/$program TARN_PROGRESS=3 .venv/bin/python -m pytest -q --tb=short -rsfE \
    -n $(($(nproc) * 3 / 2)) --dist loadfile tests/conformance "$@" 3>&2 >"$log" 2>&1
  count_python_tests $? "$program" "$log"
  rm -f "$log"
}

# count_python_tests STATUS PROGRAM LOG
count_python_tests() {
  local status=$1 program=$2 log=$3 summary good bad errors line
  summary=$(tail -n 1 "$log")
  good=$(grep -o '[0-9]* passed' <<<"$summary" | cut -d' ' -f1)
  bad=$(grep -o '[0-9]* failed' <<<"$summary" | cut -d' ' -f1)
  errors=$(grep -o '[0-9]* error' <<<"$summary" | cut -d' ' -f1)
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0} + ${errors:-0}))
  while read -r line; do
    skipped+=("$program: $line")
  done < <(grep '^SKIPPED' "$log")
  while read -r line; do
    failures+=("$program: $line")
  done < <(sed -n 's/^\(FAILED\|ERROR\) \(tests.*\)/\2/p' "$log")
  if [[ $status != 0 && -z $bad$errors ]]; then
    note_failure "the tests of $program ended with status $status"
  fi
  [[ $status == 0 ]] || cat "$log"
}

# tidy_checks: the checks of the repository itself.
tidy_checks() {
  local log summary line
  log=$(mktemp)
  say "checks of the repository"
  python3 tests/tidy/tidy.py >"$log" 2>&1 || cat "$log"
  summary=$(tail -n 1 "$log")
  if [[ $summary =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    while read -r line; do
      failures+=("$line")
    done < <(sed -n 's/^FAIL //p' "$log")
  else
    note_failure "tests/tidy/tidy.py broke off"
  fi
  rm -f "$log"
}

# webui_checks: lint and types count as one test each, then the tests of what has logic, then the
# flows in a browser over the program.
webui_checks() {
  prepare_node && webui_modules || {
    note_failure "the packages of the web interface could not be fetched"
    return 0
  }
  local name
  for name in lint types; do
    say "web interface: $name"
    if (cd webui && npm run --silent "$name"); then
      passed=$((passed + 1))
    else
      note_failure "web interface: $name"
    fi
  done
  webui_tests test
  TARN_PROGRAM=$ROOT/build/tarn webui_tests flows
}

# webui_tests SCRIPT: tests of vitest, as package.json names them.
webui_tests() {
  local log status good bad line
  log=$(mktemp)
  say "web interface: $1"
  (cd webui && NO_COLOR=1 npm run --silent "$1") >"$log" 2>&1
  status=$?
  good=$(sed -n 's/^ *Tests .* \([0-9]*\) passed.*/\1/p' "$log")
  bad=$(sed -n 's/^ *Tests  *\([0-9]*\) failed.*/\1/p' "$log")
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
  while read -r line; do
    failures+=("web interface: $line")
  done < <(sed -n 's/^ *FAIL  *//p' "$log" | sort -u)
  if [[ $status != 0 && -z $bad ]]; then
    note_failure "web interface: the $1 ended with status $status"
  fi
  [[ $status == 0 ]] || cat "$log"
  rm -f "$log"
}

# fuzz_tests SECONDS: each fuzz program counts as one test.
fuzz_tests() {
  local name logs
  logs=$(mktemp -d)
  for name in "${FUZZ_NAMES[@]}"; do
    say "fuzz $name for $1 s"
    beside logged "$logs/$name" fuzz_one "$name" "$1"
  done
  wait
  for name in "${FUZZ_NAMES[@]}"; do
    cat "$logs/$name"
    if [[ $(<"$logs/$name.status") == 0 ]]; then
      passed=$((passed + 1))
    else
      note_failure "fuzz $name; its input is build-fuzz/$name-crash-*"
    fi
  done
  rm -rf "$logs"
}

# simulation_test DIR SECONDS [SEED]: counts as one test.
simulation_test() {
  say "simulation for $2 s"
  if "$1/tests/sim/sim" "${@:2}"; then
    passed=$((passed + 1))
  else
    note_failure "simulation; the command that repeats it is above"
  fi
}

# run_tests [--full]
run_tests() {
  local full=() fuzz_seconds=$FUZZ_SECONDS simulation=("$SIM_SECONDS" "$SIM_FIRST_SEED")
  if [[ ${1:-} == --full ]]; then
    full=(--full)
    simulation=("$SIM_SECONDS_FULL")
    fuzz_seconds=$((FUZZ_SECONDS_FULL / ${#FUZZ_NAMES[@]}))
  fi
  [[ $# == "${#full[@]}" ]] || die "there is no option $1; ./dev test knows --full only"
  stage 'packages' install_test_packages
  set +e
  trap stop_stores EXIT
  stage 'stores and databases' start_stores
  stage 'checks of the repository' tidy_checks
  if build_for_tests release; then
    stage 'unit tests' unit_tests build
    TARN_TEST_KV=hostile stage 'unit tests, hostile KV' unit_tests build "${KV_TESTS[@]}"
    if [[ ${#full[@]} -gt 0 && -n ${TARN_PG_URL:-} ]]; then
      TARN_TEST_KV=postgres GTEST_FILTER="-${POSTGRES_LEFT_OUT//[[:space:]]/}" \
        stage 'unit tests, PostgreSQL' unit_tests build "${KV_TESTS[@]}"
    fi
    stage 'simulation' simulation_test build "${simulation[@]}"
    stage 'conformance' python_tests build/tarn "${full[@]}"
    if [[ -n ${TARN_PG_URL:-} ]]; then
      TARN_TEST_DATABASE=postgres stage 'conformance, PostgreSQL' python_tests build/tarn \
        -k "$DATABASE_TESTS"
    fi
    if [[ -n ${TARN_DYNAMODB_URL:-} ]]; then
      TARN_TEST_DATABASE=dynamodb stage 'conformance, DynamoDB' python_tests build/tarn \
        -k "$DATABASE_TESTS"
    fi
    stage 'web interface' webui_checks
    stage 'Debian package' package_tests
  fi
  export LSAN_OPTIONS="suppressions='$ROOT/tests/lsan.supp'"
  export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-14
  if build_for_tests asan; then
    stage 'unit tests, asan' unit_tests build-asan
    stage 'conformance, asan' python_tests build-asan/tarn -k scenario
  fi
  if build_for_tests fuzz; then
    stage 'fuzz programs' fuzz_tests "$fuzz_seconds"
  fi
  if [[ ${#full[@]} -gt 0 ]] && build_for_tests tsan; then
    # Without a long history stacks are lost, and with them what the suppressions are about.
    export TSAN_OPTIONS="suppressions='$ROOT/tests/tsan.supp' history_size=7" TARN_MEMORY_FACTOR=4
    stage 'unit tests, tsan' unit_tests build-tsan
    stage 'conformance, tsan' python_tests build-tsan/tarn -k "${TSAN_CLIENT_TESTS//$'\n'/ }"
  fi
  report
}

install_test_packages() {
  install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${BROWSER_PACKAGES[@]}"
  python_environment
}

# report: what was skipped, the times, what failed, and the sum as the last line; fails if a test
# has.
report() {
  [[ ${#skipped[@]} == 0 ]] || printf 'skipped %s\n' "${skipped[@]}"
  printf 'minutes of each stage:\n'
  printf '%s\n' "${stages[@]}"
  printf '%3d:%02d  all\n' $((SECONDS / 60)) $((SECONDS % 60))
  [[ ${#failures[@]} == 0 ]] || printf 'failed: %s\n' "${failures[@]}"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [[ $failed == 0 ]]
}
