#!/usr/bin/env bash
# A real Slurm on one machine, with accounting, for tests: no systemd, loopback only, all state in one folder.
#
#   slurm.sh install                   Debian's packages (as root)
#   slurm.sh start <folder>            starts what does not run; prints the SLURM_CONF to use
#   slurm.sh restart-controller <folder>
#   slurm.sh stop-controller <folder>
#   slurm.sh stop <folder>             ends jobs and daemons; the folder stays
#
# The machine is two nodes, each with a daemon of its own. The first, named after it, claims 4 processors, 16 GB
# and 4 GPUs, which are plain files; partition `main` is preempted by `urgent`. The second claims 2 processors, and
# partition `wide` has both. Slurm ends what holds more memory than it asked for. QOS `few` takes one job
# of a user.
set -euo pipefail

readonly PACKAGES=(slurm-wlm slurmdbd munge mariadb-server)
# A login node for tests: nothing here starts it.
readonly SSH_PACKAGES=(openssh-server openssh-client)
readonly CPUS=4 MEMORY_MB=16000 GPUS=4
readonly SECOND=foretune-second SECOND_CPUS=2 SECOND_MEMORY_MB=8000
readonly PATIENCE_SECONDS=60

main() {
  [[ $EUID -eq 0 ]] || fail 'Slurm daemons need root'
  local command=${1:-}
  [[ $command == install ]] && { install_packages; return; }
  [[ -n ${2:-} ]] || fail 'usage: slurm.sh install | start|stop|restart-controller|stop-controller <folder>'
  mkdir -p "$2"
  FOLDER=$(realpath "$2")
  HOST=$(hostname -s)
  # The daemons listen where this machine's name leads to.
  ADDRESS=$(getent ahostsv4 "$HOST" | awk 'NR == 1 {print $1}')
  [[ $ADDRESS == 127.* ]] || fail "\"$HOST\" is not a loopback address but ${ADDRESS:-unknown}: add \"127.0.0.1 $HOST\" to /etc/hosts"
  export SLURM_CONF=$FOLDER/etc/slurm.conf
  case $command in
    start) start ;;
    stop) stop ;;
    restart-controller) end slurmctld TERM; start_controller ;;
    # In order: a controller that is killed after its last save restarts running jobs, and drains their node.
    stop-controller) end slurmctld TERM ;;
    *) fail "there is no command \"$command\"" ;;
  esac
}

install_packages() {
  has_all slurmctld slurmdbd munged mariadbd sshd && return
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -q -y --no-install-recommends "${PACKAGES[@]}" "${SSH_PACKAGES[@]}"
}

start() {
  has_all slurmctld slurmdbd munged mariadbd || fail 'not installed: slurm.sh install'
  make_folders
  start_munge
  start_database
  start_accounting
  start_controller
  start_nodes
  echo "$SLURM_CONF"
}

stop() {
  end_jobs
  end "slurmd-$HOST" TERM
  end "slurmd-$SECOND" TERM
  end slurmctld TERM
  end slurmdbd TERM
  end mariadbd TERM
  end munged TERM
  end_steps
}

# ---- Folders and configuration ---------------------------------------------------------------

make_folders() {
  # Slurm, MariaDB and munge each refuse a folder that others could write to.
  chmod 755 "$FOLDER"
  mkdir -p "$FOLDER"/{etc,log,pid,controller,node,gpus}
  mkdir -p "$FOLDER/node/"{"$HOST","$SECOND"}
  install -d -o munge -g munge -m 755 "$FOLDER/munge"
  install -d -o mysql -g mysql -m 755 "$FOLDER/database"
  [[ -f $SLURM_CONF ]] && return
  for ((i = 0; i < GPUS; i++)); do touch "$FOLDER/gpus/gpu$i"; done
  local database_port node_port second_port controller_port accounting_port password
  read -r database_port accounting_port controller_port node_port second_port < <(free_ports 5)
  password=$(random_hex)
  echo "$database_port" >"$FOLDER/etc/database-port"
  (umask 077 && write_accounting_conf >"$FOLDER/etc/slurmdbd.conf")
  echo "NodeName=$HOST Name=gpu File=$FOLDER/gpus/gpu[0-$((GPUS - 1))]" >"$FOLDER/etc/gres.conf"
  write_slurm_conf >"$SLURM_CONF.new"
  mv "$SLURM_CONF.new" "$SLURM_CONF"
}

write_slurm_conf() {
  cat <<CONF
ClusterName=foretune
SlurmctldHost=$HOST($ADDRESS)
SlurmctldPort=$controller_port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$FOLDER/munge/socket
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$FOLDER/controller
SlurmdSpoolDir=$FOLDER/node/%n
SlurmctldPidFile=$FOLDER/pid/slurmctld
SlurmdPidFile=$FOLDER/pid/slurmd-%n
SlurmctldLogFile=$FOLDER/log/slurmctld
SlurmdLogFile=$FOLDER/log/slurmd-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000
ReturnToService=2
MaxArraySize=2001
MaxJobCount=20000
MinJobAge=300
KillWait=15
UnkillableStepTimeout=60
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=$ADDRESS
AccountingStoragePort=$accounting_port
AccountingStoragePass=$FOLDER/munge/socket
AccountingStorageEnforce=associations,limits,qos
AccountingStorageTRES=gres/gpu
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
GresTypes=gpu
NodeName=$HOST NodeAddr=$ADDRESS Port=$node_port CPUs=$CPUS RealMemory=$MEMORY_MB Gres=gpu:$GPUS State=UNKNOWN
NodeName=$SECOND NodeHostname=$HOST NodeAddr=$ADDRESS Port=$second_port CPUs=$SECOND_CPUS RealMemory=$SECOND_MEMORY_MB State=UNKNOWN
PartitionName=main Nodes=$HOST Default=YES PriorityTier=1 DefMemPerCPU=4000 MaxTime=1-0 DefaultTime=60
PartitionName=urgent Nodes=$HOST PriorityTier=2 DefMemPerCPU=4000 MaxTime=1-0 PreemptMode=off
PartitionName=wide Nodes=$HOST,$SECOND PriorityTier=1 DefMemPerCPU=4000 MaxTime=1-0 DefaultTime=60
CONF
}

write_accounting_conf() {
  cat <<CONF
AuthType=auth/munge
AuthInfo=$FOLDER/munge/socket
DbdHost=$HOST
DbdAddr=$ADDRESS
CommunicationParameters=NoInAddrAny
DbdPort=$accounting_port
SlurmUser=root
LogFile=$FOLDER/log/slurmdbd
PidFile=$FOLDER/pid/slurmdbd
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$database_port
StorageUser=slurm
StoragePass=$password
StorageLoc=slurm
CONF
}

# ---- Daemons ---------------------------------------------------------------------------------

start_munge() {
  runs munged && return
  local key=$FOLDER/munge/key
  [[ -f $key ]] || install -o munge -g munge -m 600 <(head -c 1024 /dev/urandom) "$key"
  install -d -o munge -g munge -m 755 "$FOLDER/munge/pid"
  runuser -u munge -- munged --force --key-file "$key" --socket "$FOLDER/munge/socket" \
    --pid-file "$FOLDER/munge/pid/munged" --seed-file "$FOLDER/munge/seed" --log-file "$FOLDER/munge/log"
  await 'munge' munge_answers
}

munge_answers() { munge -n --socket "$FOLDER/munge/socket"; }

start_database() {
  runs mariadbd && return
  local data=$FOLDER/database/data
  [[ -d $data/mysql ]] || mariadb-install-db --no-defaults --user=mysql --datadir="$data" \
    --auth-root-authentication-method=normal --skip-test-db >"$FOLDER/log/mariadb-install" 2>&1
  setsid mariadbd --no-defaults --user=mysql --datadir="$data" --socket="$FOLDER/database/socket" \
    --bind-address=127.0.0.1 --port="$(<"$FOLDER/etc/database-port")" --pid-file="$FOLDER/database/pid" \
    --innodb-lock-wait-timeout=900 --innodb-flush-log-at-trx-commit=2 \
    >>"$FOLDER/log/mariadbd" 2>&1 </dev/null &
  await 'MariaDB' sql 'SELECT 1'
  local password
  password=$(sed -n 's/^StoragePass=//p' "$FOLDER/etc/slurmdbd.conf")
  sql "CREATE DATABASE IF NOT EXISTS slurm;
    CREATE USER IF NOT EXISTS 'slurm'@'127.0.0.1' IDENTIFIED BY '$password';
    CREATE USER IF NOT EXISTS 'slurm'@'localhost' IDENTIFIED BY '$password';
    GRANT ALL ON slurm.* TO 'slurm'@'127.0.0.1'; GRANT ALL ON slurm.* TO 'slurm'@'localhost';"
}

sql() { mariadb --no-defaults --user=root --socket="$FOLDER/database/socket" --execute "$1"; }

start_accounting() {
  runs slurmdbd && return
  # It reads the slurmdbd.conf beside slurm.conf.
  slurmdbd
  await 'slurmdbd' sacctmgr -n show cluster
  [[ -n $(sacctmgr -nP show cluster foretune) ]] && return
  sacctmgr -i add cluster foretune >/dev/null
  sacctmgr -i add account team Cluster=foretune >/dev/null
  sacctmgr -i add qos few MaxSubmitJobsPerUser=1 >/dev/null
  sacctmgr -i add user root Account=team Cluster=foretune DefaultAccount=team QOS=normal,few >/dev/null
}

start_controller() {
  runs slurmctld && return
  # Without -c: a restarted controller knows its jobs.
  slurmctld
  await 'slurmctld' squeue
}

start_nodes() {
  local node
  for node in "$HOST" "$SECOND"; do
    runs "slurmd-$node" || slurmd -N "$node"
    await "node $node" node_is_up "$node"
  done
}

node_is_up() {
  [[ $(sinfo -h -n "$1" -p wide -o %t) =~ ^(idle|plnd|mix|alloc|comp)$ ]] && return
  scontrol update "nodename=$1" state=resume
  return 1
}

# ---- Ending ----------------------------------------------------------------------------------

end_jobs() {
  runs slurmctld && runs "slurmd-$HOST" || return 0
  squeue -h -o %A | sort -u | xargs -r scancel 2>/dev/null || true
  await 'jobs to end' no_jobs || true
}

no_jobs() { [[ -z $(squeue -h) ]]; }

# Ends a daemon, and waits: it may hold ports and locks for seconds.
end() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill -s "$2" "$pid" 2>/dev/null || return 0
  for ((i = 0; i < PATIENCE_SECONDS * 5; i++)); do
    is_daemon "$pid" "$1" || return 0
    sleep 0.2
  done
  kill -s KILL "$pid"
}

# Kills the processes that slurmd started and did not end, found by their SLURM_CONF variable.
end_steps() {
  local pid
  for pid in $(pgrep -x 'slurmstepd' || true); do
    grep -qzFx "SLURM_CONF=$SLURM_CONF" "/proc/$pid/environ" 2>/dev/null && kill -s KILL "$pid"
  done
  return 0
}

# ---- Small parts -----------------------------------------------------------------------------

has_all() {
  local program
  for program in "$@"; do command -v "$program" >/dev/null || return 1; done
}

runs() { pid_of "$1" >/dev/null; }

# Its process id, if it is still that daemon's.
pid_of() {
  local file
  case $1 in
    munged) file=$FOLDER/munge/pid/munged ;;
    mariadbd) file=$FOLDER/database/pid ;;
    *) file=$FOLDER/pid/$1 ;;
  esac
  [[ -s $file ]] && is_daemon "$(<"$file")" "$1" && cat "$file"
}

is_daemon() { [[ $(cat "/proc/$1/comm" 2>/dev/null) == "${2%%-*}" && $(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status") != Z ]]; }

await() {
  local what=$1 said
  shift
  for ((i = 0; i < PATIENCE_SECONDS * 5; i++)); do
    said=$("$@" 2>&1) && return 0
    sleep 0.2
  done
  echo "Timed out waiting for $what: $said. See $FOLDER/log." >&2
  return 1
}

free_ports() {
  python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for each in sockets:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))
PYTHON
}

random_hex() { head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

fail() {
  echo "slurm.sh: $1" >&2
  exit 1
}

main "$@"
