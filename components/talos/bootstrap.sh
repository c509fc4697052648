#!/usr/bin/env bash
# One step on the nodes of a Talos cluster: configure, bootstrap, healthy or kubeconfig.
#
# All input comes from its environment, the secrets too: a command line can be read by every user
# of the machine. talosctl reads them from a pipe, so no file holds them either. A step may be
# repeated: it ends at once if it is done. PULUMI_COMMAND_STDOUT, which Pulumi sets on an update, holds
# what the step printed last. Standard error is for people and holds no secret.
#
#   TIER0_TALOSCONFIG     a talosconfig                 TIER0_BOUND     seconds that a step may take
#   TIER0_MACHINE_CONFIG  the node's configuration      TIER0_REVISION  of that configuration
#   TIER0_NODE            the node's name               TIER0_ADDRESS   the node's IP address
#   TIER0_OTHERS          `name=address ...` of the other control-plane nodes
#   TIER0_CONTROL_PLANES, TIER0_WORKERS                 addresses, by commas
#   TIER0_RECOVER_FROM    path of an etcd snapshot
#
# A step is done when its effect is seen, not when Talos has answered: it keeps what it was asked for in
# memory only, and a restart loses it (siderolabs/omni #3300).
set -euo pipefail

act=${1:?}
poll=${TIER0_POLL:-2}
resend=${TIER0_RESEND:-300} # seconds until a call without effect is sent again: longer than an image's pull or a restore
limit=20 # seconds of one call; a node without power would hold it forever
said=""
exec 3>&2 # talosctl's own words are for people, unless a step says otherwise

fail() {
  printf 'tier0: %s\n' "$1" >&2
  exit 1
}

# Calls talosctl for one node: never through another, which may be down.
talos() {
  local address=$1
  shift
  timeout --foreground "$limit" talosctl --talosconfig <(printf '%s' "$TIER0_TALOSCONFIG") \
    --endpoints "$address" --nodes "$address" "$@"
}

# Runs a command and keeps what it says on standard error in `said`; its output goes to descriptor 3.
attempt() {
  said=$("$@" 2>&1 >&3 3>&-)
}

# The last words of `said`, without what Talos quotes out of a configuration.
words() {
  # shellcheck disable=SC2016 # the backticks are Talos's
  printf '%s' "${said:-no answer}" | grep -v '^ *$' | tail -n 1 | sed 's/`[^`]*`/`...`/g' | cut -c1-300
}

# Judges a failure at the place $1: ends the step where waiting cannot help, or after the bound; else waits.
again() {
  case $said in
    *"expired certificate"* | *"certificate has expired"*)
      fail "$1: a certificate has expired ($(words)); look at this machine's clock, make a new talosconfig (docs/talos.md) and set it as the stack's tier0:talosconfig" ;;
    *PermissionDenied*)
      fail "$1: the talosconfig may not do this ($(words)); use one with the role os:admin" ;;
    *"can only be performed on a control plane node"*)
      fail "$1: it is not a control-plane node; write one as bootstrap_node" ;;
    *"failed to open config"* | *"failed to determine endpoints"* | *"failed to resolve config"* | *"client key pair"* | *"error decoding"*)
      fail "$1: the stack's tier0:talosconfig is not a talosconfig ($(words)); set the whole file again" ;;
  esac
  if ((SECONDS >= TIER0_BOUND)); then
    case $said in
      *"maintenance mode"*)
        fail "$1: it was in maintenance mode for ${TIER0_BOUND} s ($(words)); see on the node's console what its installation fails at, then run pulumi up again" ;;
      *"unknown authority"* | *"certificate required"*)
        fail "$1: it answered for ${TIER0_BOUND} s as a node of another cluster, or unconfigured ($(words)); look at the address and at tier0:talosconfig" ;;
      *FailedPrecondition*)
        fail "$1: Talos was not ready for ${TIER0_BOUND} s ($(words)); look at the node's console, then run pulumi up again" ;;
      *)
        fail "$1: no good answer for ${TIER0_BOUND} s ($(words)); see that the node runs and that port 50000 can be reached, then run pulumi up again" ;;
    esac
  fi
  printf 'tier0: %s: not yet (%s)\n' "$1" "$(words)" >&2
  sleep "$poll"
}

# Gives an unconfigured node its configuration. One that has a configuration keeps it, until its
# revision is raised; even then nothing restarts the node. It is done when the node answers the talosconfig:
# a node whose installation fails is in maintenance mode again.
configure() {
  local place="$TIER0_NODE ($TIER0_ADDRESS)" digest revision applied secure sent=""
  digest=$(printf '%s' "$TIER0_MACHINE_CONFIG" | sha256sum | cut -c1-16)
  if [[ -n ${PULUMI_COMMAND_STDOUT:-} ]]; then
    read -r revision applied <<<"$PULUMI_COMMAND_STDOUT"
    if [[ $revision == "$TIER0_REVISION" ]]; then
      [[ $applied == "$digest" ]] ||
        printf 'tier0: %s: its configuration has changed and is not applied; raise its revision to apply it\n' "$place" >&2
      printf '%s %s\n' "$revision" "$applied"
      return
    fi
    until attempt talos "$TIER0_ADDRESS" apply-config --mode=no-reboot --file <(printf '%s' "$TIER0_MACHINE_CONFIG"); do
      case $said in
        *InvalidArgument*)
          fail "$place: Talos refuses the configuration without a restart ($(words)); fix it, or restart node by node (docs/runbooks/talos.md)" ;;
      esac
      again "$place"
    done
    printf 'tier0: %s: its configuration is applied; a restart may be due, as Talos 1.14 and later apply a change that needs one too (docs/runbooks/talos.md)\n' "$place" >&2
  else
    until attempt talos "$TIER0_ADDRESS" version --short 3>/dev/null; do
      secure=$said
      case $secure in
        *"expired"*) again "$place" ;;
      esac
      if [[ -n $sent ]] && ((SECONDS - sent < resend)); then
        again "$place"
        continue
      fi
      if attempt timeout --foreground "$limit" talosctl apply-config --insecure --nodes "$TIER0_ADDRESS" \
        --file <(printf '%s' "$TIER0_MACHINE_CONFIG"); then
        printf 'tier0: %s: is configured\n' "$place" >&2
        sent=$SECONDS
        sleep "$poll"
        continue
      fi
      case $said in
        *InvalidArgument*)
          fail "$place: Talos refuses the configuration ($(words)); fix tier0:machineConfigs.$TIER0_NODE" ;;
        *"certificate required"* | *"bad certificate"*)
          case $secure in
            *"unknown authority"*)
              fail "$place: it is a node of another cluster; correct its address, or reset it" ;;
          esac ;;
      esac
      again "$place"
    done
  fi
  printf '%s %s\n' "$TIER0_REVISION" "$digest"
}

# Keeps in `said` what the node at $1 says about its etcd; "not registered" is an answer too.
ask_etcd() {
  said=$(talos "$1" service etcd 2>&1) || [[ $said == *"not registered"* ]]
}

etcd_runs() {
  grep -q '^STATE *Running' <<<"$said"
}

# Whether etcd, started in an earlier run, waits for a start that Talos has forgotten: every control-plane node
# must answer that its etcd has yet to run. One that is silent or joins the others is no reason to start anything.
start_was_lost() {
  local address
  for address in $TIER0_ADDRESS $TIER0_OTHERS; do
    ask_etcd "${address#*=}" || return 1
    grep -q '^STATE *Preparing' <<<"$said" || return 1
  done
}

# Sends the call, unless etcd has data: that of a start, or of a recovery, before this run.
start_etcd() {
  local place=$1 limit=$limit
  shift
  [[ -z $TIER0_RECOVER_FROM ]] || limit=$TIER0_BOUND # a snapshot may have gigabytes
  until attempt talos "$TIER0_ADDRESS" bootstrap "$@"; do
    case $said in
      *AlreadyExists*) return 1 ;;
      *"rpc error"*) ;;
      *"$TIER0_RECOVER_FROM"?* | *"invalid database"* | *"snapshot"*)
        [[ -z $TIER0_RECOVER_FROM ]] ||
          fail "recover_from: $TIER0_RECOVER_FROM is not an etcd snapshot ($(words)); use another one" ;;
    esac
    again "$place"
  done
}

# Waits until etcd runs and is healthy. While it waits for a start, it gets another one.
etcd_is_healthy() {
  local place=$1 sent=$SECONDS
  shift
  until ask_etcd "$TIER0_ADDRESS" && etcd_runs && grep -q '^HEALTH *OK' <<<"$said"; do
    if ! etcd_runs && ((SECONDS - sent >= resend)); then
      printf 'tier0: %s: etcd does not run, so its start is sent again\n' "$place" >&2
      # Where it has data by now, it only takes its time.
      start_etcd "$place" "$@" || true
      sent=$SECONDS
      said="its start was sent again"
    elif [[ $said == *STATE* ]]; then
      said="etcd: $(grep -E '^(STATE|HEALTH)' <<<"$said" | tr -s ' \n' ' ')"
    fi
    again "$place"
  done
}

# Starts etcd, once in the life of the cluster and on one node: a second control-plane node with an empty
# disk would take a bootstrap too, and there would be two clusters (Talos #5500).
bootstrap() {
  local place="$TIER0_NODE ($TIER0_ADDRESS)" node="" snapshot="" started_before="" other
  local recover=()
  if [[ -n ${PULUMI_COMMAND_STDOUT:-} ]]; then
    read -r node snapshot <<<"$PULUMI_COMMAND_STDOUT"
    [[ $node == "$TIER0_NODE" ]] ||
      fail "bootstrap_node: etcd was started on $node, and a start on $TIER0_NODE could make a second cluster; write $node again"
    if [[ -z $TIER0_RECOVER_FROM || $TIER0_RECOVER_FROM == "$snapshot" ]]; then
      if [[ $TIER0_RECOVER_FROM != "$snapshot" ]] || ! start_was_lost; then
        printf '%s\n' "$PULUMI_COMMAND_STDOUT"
        return
      fi
      started_before=yes
    fi
  fi
  if [[ -n $TIER0_RECOVER_FROM ]]; then
    [[ -r $TIER0_RECOVER_FROM ]] ||
      fail "recover_from: $TIER0_RECOVER_FROM cannot be read on this machine; copy the etcd snapshot there"
    recover=(--recover-from "$TIER0_RECOVER_FROM")
  fi
  for other in $TIER0_OTHERS; do
    # It must have answered: a node that is silent may be the one that runs the cluster.
    until ask_etcd "${other#*=}"; do
      again "${other%%=*} (${other#*=})"
    done
    if etcd_runs; then
      # With etcd on both it is one cluster already, and there is nothing to start.
      until ask_etcd "$TIER0_ADDRESS"; do
        again "$place"
      done
      if etcd_runs && [[ -z $TIER0_RECOVER_FROM ]]; then
        break
      fi
      fail "$place: etcd runs on ${other%%=*} already, so a start here would make a second cluster; write ${other%%=*} as bootstrap_node, or reset it (docs/runbooks/talos.md)"
    fi
  done
  if ! start_etcd "$place" "${recover[@]}"; then
    [[ -z $TIER0_RECOVER_FROM || -n $started_before ]] ||
      fail "$place: it holds etcd data, so this run restored nothing; if an interrupted run did, remove recover_from, else reset the node first (docs/runbooks/talos.md)"
    printf 'tier0: %s: etcd was started before\n' "$place" >&2
  fi
  etcd_is_healthy "$place" "${recover[@]}"
  printf '%s %s\n' "$TIER0_NODE" "$TIER0_RECOVER_FROM"
}

# Waits until Talos calls the whole cluster healthy twice in a row: while it comes up, it flaps.
healthy() {
  local place="cluster health, as seen by $TIER0_ADDRESS" streak=0
  local members=()
  limit=90 # a healthy cluster with slow disks takes its time to say so
  [[ -z $TIER0_CONTROL_PLANES ]] || members+=(--control-plane-nodes "$TIER0_CONTROL_PLANES")
  [[ -z $TIER0_WORKERS ]] || members+=(--worker-nodes "$TIER0_WORKERS")
  while ((streak < 2)); do
    if attempt talos "$TIER0_ADDRESS" health --wait-timeout 80s "${members[@]}"; then
      streak=$((streak + 1))
      ((streak == 2)) || sleep "$poll"
    else
      streak=0
      # Of a whole report, what it waits for.
      said=$(grep '^waiting for' <<<"$said" | grep -v ': OK$' | tail -n 1 || printf '%s' "$said")
      again "$place"
    fi
  done
}

kubeconfig() {
  until attempt talos "$TIER0_ADDRESS" kubeconfig --merge=false - 3>&1; do
    again "kubeconfig of $TIER0_NODE ($TIER0_ADDRESS)"
  done
}

for tool in talosctl timeout sha256sum; do
  command -v "$tool" >/dev/null ||
    fail "$tool: is not on the PATH; install it (talosctl in the version that the nodes run)"
done
for secret in TIER0_TALOSCONFIG TIER0_MACHINE_CONFIG; do
  [[ -n ${!secret-unset} ]] || fail "$secret is empty; set the stack's secrets (docs/talos.md)"
done
case $act in
  configure | bootstrap | healthy | kubeconfig) "$act" ;;
  *) fail "$act: no such step; write configure, bootstrap, healthy or kubeconfig" ;;
esac
