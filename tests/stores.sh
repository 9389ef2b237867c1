# Real object stores and databases for tests, sourced by tests/run.sh: started on loopback when
# their scripts are beside the repository (../shared/fixtures/stores), named to tests by TARN_S3_*,
# TARN_GS_*, TARN_AZURE_*, TARN_PG_URL, TARN_PGBOUNCER_URL and TARN_DYNAMODB_URL, and stopped at the
# end. Without them the tests that need one are skipped, unless TARN_SHARED=required.

readonly STORE_SCRIPT=../shared/fixtures/stores/stores.sh
readonly STORE_INSTALL_SECONDS=300
store_directories=()

# start_stores: a server that is named already is used as it is.
start_stores() {
  if [[ ! -f $STORE_SCRIPT ]]; then
    [[ ${TARN_SHARED:-} != required ]] || note_failure "$STORE_SCRIPT is required and absent"
    return 0
  fi
  export STORES_TOOLS=${STORES_TOOLS:-$ROOT/build/stores}
  export no_proxy=127.0.0.1,localhost${no_proxy:+,$no_proxy}
  if [[ -z ${TARN_S3_URL:-} ]] && start_filled_store seaweedfs; then
    name_seaweedfs
    export TARN_S3_SEEDED=1
  fi
  if [[ -z ${TARN_GS_URL:-} ]] && start_filled_store gcs; then
    export TARN_GS_URL=http://127.0.0.1:$store_port TARN_GS_BUCKET=tarn-tests TARN_GS_SEEDED=1
    export TARN_GS_ACCOUNT=${store_directories[-1]}/service-account.json
  fi
  [[ -n ${TARN_AZURE_URL:-} ]] || start_azure
  [[ -n ${TARN_PG_URL:-} ]] || start_postgres
  [[ -n ${TARN_DYNAMODB_URL:-} ]] || start_dynamodb
}

# start_bench_stores: those that benchmarks need, empty.
start_bench_stores() {
  [[ -f $STORE_SCRIPT ]] || return 0
  export STORES_TOOLS=${STORES_TOOLS:-$ROOT/build/stores}
  if [[ -z ${TARN_S3_URL:-} ]] && start_store seaweedfs; then name_seaweedfs; fi
  if [[ -z ${TARN_PG_URL:-} ]] && start_store postgres; then name_postgres; fi
}

# Names the store that was started last to tests.
name_seaweedfs() {
  export TARN_S3_URL=http://127.0.0.1:$store_port TARN_S3_KEY=minioadmin
  export TARN_S3_SECRET=minioadminsecret TARN_S3_BUCKET=tarn-tests
}

name_postgres() {
  export TARN_PG_URL="postgres://postgres@127.0.0.1:$store_port/postgres?sslmode=disable"
}

# start_postgres: with a pooler in transaction mode before it.
start_postgres() {
  start_store postgres || return 0
  name_postgres
  start_pooler "$store_port"
}

# start_pooler PORT: PgBouncer before the server of that port; it does not run as root.
start_pooler() {
  local directory port=$((store_port + 1)) as=()
  directory=$(readable_directory)
  store_directories+=("$directory")
  cat >"$directory/settings" <<TEXT
[databases]
* = host=127.0.0.1 port=$1
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = trust
auth_file = $directory/users
pool_mode = transaction
max_client_conn = 300
pidfile = $directory/pid
logfile = $directory/log
TEXT
  printf '"postgres" ""\n' >"$directory/users"
  if [[ $(id -u) == 0 ]]; then
    chown -R postgres "$directory"
    as=(runuser -u postgres --)
  fi
  if "${as[@]}" "$(PATH=$PATH:/usr/sbin type -P pgbouncer)" -q -d "$directory/settings"; then
    export TARN_PGBOUNCER_URL="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
  else
    note_failure "the pooler of the tests did not start"
  fi
}

# readable_directory: a new one that servers with users of their own can read.
readable_directory() {
  local directory
  directory=$(mktemp -d)
  chmod 755 "$directory"
  printf '%s' "$directory"
}

# start_azure: with TLS, which signed URLs are for. It fetches from itself when it copies, so that
# it has to trust its own certificate.
start_azure() {
  local settings
  prepare_node
  start_filled_store azurite --tls || return 0
  settings=$(bash "$STORE_SCRIPT" env azurite "$store_port" "${store_directories[-1]}")
  export TARN_AZURE_URL=https://127.0.0.1:$store_port/devstoreaccount1
  export TARN_AZURE_KEY TARN_AZURE_CONTAINER=tarn-tests TARN_AZURE_SEEDED=1
  export TARN_AZURE_CA=${store_directories[-1]}/cert.pem
  TARN_AZURE_KEY=$(sed -n 's/^AZURE_KEY=//p' <<<"$settings")
}

# start_dynamodb: keys are local and local; each test makes tables of its own.
start_dynamodb() {
  prepare_node
  start_store dynamodb || return 0
  export TARN_DYNAMODB_URL=http://127.0.0.1:$store_port
}

# start_filled_store NAME [OPTION]: with the buckets of recorded conversations. SeaweedFS has been
# seen to break down (a null pointer of its own) while it was filled: then another one is started.
start_filled_store() {
  for _ in 1 2 3; do
    start_store "$@" || return
    fill_store "$1" && return
    tail -n 5 "${store_directories[-1]}.log"
    say "the $1 server could not be filled; starting another"
    bash "$STORE_SCRIPT" stop "${store_directories[-1]}"
  done
  note_failure "the $1 server of the tests could not be filled"
  return 1
}

# start_store NAME [OPTION]: with bucket tarn-tests, on $store_port.
start_store() {
  local directory log
  directory=$(readable_directory)
  log=$directory.log
  store_directories+=("$directory")
  # What is downloaded comes by the certificates of the system.
  timeout "$STORE_INSTALL_SECONDS" bash "$STORE_SCRIPT" install "$1" >"$log" 2>&1 || {
    tail -n 5 "$log"
    note_failure "the $1 server of the tests could not be installed"
    return 1
  }
  # A server takes up to eight ports in a row; another run may have them.
  for _ in 1 2 3 4 5; do
    store_port=$((20000 + RANDOM % 1000 * 8))
    # What answers may be another run's server: ours must be alive too.
    if NODE_EXTRA_CA_CERTS=$directory/cert.pem \
      bash "$STORE_SCRIPT" start "$1" "$store_port" "$directory" "${@:2}" >"$log" 2>&1 &&
      kill -0 "$(<"$directory/pid")" &&
      SSL_CERT_FILE=$directory/cert.pem \
        bash "$STORE_SCRIPT" create "$1" "$store_port" "$directory" tarn-tests >>"$log" 2>&1; then
      return 0
    fi
  done
  tail -n 5 "$log"
  note_failure "the $1 server of the tests did not start"
  return 1
}

# fill_store NAME: gives the store that was started last the buckets of recorded conversations.
fill_store() {
  local directory=${store_directories[-1]}
  # For the server of Azure, which is started once more then, and for its client.
  local -x NODE_EXTRA_CA_CERTS=$directory/cert.pem SSL_CERT_FILE=$directory/cert.pem
  bash "$STORE_SCRIPT" create "$1" "$store_port" "$directory" conformance conformance-2 readable \
    >>"$directory.log" 2>&1
  # On a busy machine some objects keep the times at which they were made; it may be repeated.
  for _ in 1 2 3 4 5; do
    bash "$STORE_SCRIPT" seed "$1" "$store_port" "$directory" >>"$directory.log" 2>&1 && return 0
  done
  return 1
}

stop_stores() {
  local directory
  for directory in "${store_directories[@]}"; do
    [[ ! -e $directory/pid ]] || bash "$STORE_SCRIPT" stop "$directory"
    rm -rf "$directory" "$directory.log"
  done
  store_directories=()
}
