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
set -euo pipefail

act=${1:?}
poll=${TIER0_POLL:-2}
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
# revision is raised; even then nothing is applied that would restart the node.
configure() {
  local place="$TIER0_NODE ($TIER0_ADDRESS)" digest revision applied
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
  else
    until attempt talos "$TIER0_ADDRESS" version --short 3>/dev/null; do
      local secure=$said
      case $secure in
        *"expired"*) again "$place" ;;
      esac
      if attempt timeout --foreground "$limit" talosctl apply-config --insecure --nodes "$TIER0_ADDRESS" \
        --file <(printf '%s' "$TIER0_MACHINE_CONFIG"); then
        printf 'tier0: %s: is configured\n' "$place" >&2
        break
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

# Starts etcd, once in the life of the cluster and on one node: a second control-plane node with an empty
# disk would take a bootstrap too, and there would be two clusters (Talos #5500).
bootstrap() {
  local place="$TIER0_NODE ($TIER0_ADDRESS)" node="" snapshot="" other
  local recover=()
  if [[ -n ${PULUMI_COMMAND_STDOUT:-} ]]; then
    read -r node snapshot <<<"$PULUMI_COMMAND_STDOUT"
    [[ $node == "$TIER0_NODE" ]] ||
      fail "bootstrap_node: etcd was started on $node, and a start on $TIER0_NODE could make a second cluster; write $node again"
    if [[ -z $TIER0_RECOVER_FROM || $TIER0_RECOVER_FROM == "$snapshot" ]]; then
      printf '%s\n' "$PULUMI_COMMAND_STDOUT"
      return
    fi
  fi
  if [[ -n $TIER0_RECOVER_FROM ]]; then
    [[ -r $TIER0_RECOVER_FROM ]] ||
      fail "recover_from: $TIER0_RECOVER_FROM cannot be read on this machine; copy the etcd snapshot there"
    recover=(--recover-from "$TIER0_RECOVER_FROM")
    limit=$TIER0_BOUND # a snapshot may have gigabytes
  fi
  for other in $TIER0_OTHERS; do
    # It must have answered: a node that is silent may be the one that runs the cluster.
    until said=$(talos "${other#*=}" service etcd 2>&1) || [[ $said == *"not registered"* ]]; do
      again "${other%%=*} (${other#*=})"
    done
    if grep -q '^STATE *Running' <<<"$said"; then
      # With etcd on both it is one cluster already, and there is nothing to start.
      until said=$(talos "$TIER0_ADDRESS" service etcd 2>&1) || [[ $said == *"not registered"* ]]; do
        again "$place"
      done
      if grep -q '^STATE *Running' <<<"$said" && [[ -z $TIER0_RECOVER_FROM ]]; then
        break
      fi
      fail "$place: etcd runs on ${other%%=*} already, so a start here would make a second cluster; write ${other%%=*} as bootstrap_node, or reset it (docs/runbooks/talos.md)"
    fi
  done
  until attempt talos "$TIER0_ADDRESS" bootstrap "${recover[@]}"; do
    case $said in
      *AlreadyExists*)
        [[ -z $TIER0_RECOVER_FROM ]] ||
          fail "$place: it holds etcd data, so this run restored nothing; if an interrupted run did, remove recover_from, else reset the node first (docs/runbooks/talos.md)"
        printf 'tier0: %s: etcd was started before\n' "$place" >&2
        break ;;
      *"rpc error"*) ;;
      *"$TIER0_RECOVER_FROM"?* | *"invalid database"* | *"snapshot"*)
        [[ -z $TIER0_RECOVER_FROM ]] ||
          fail "recover_from: $TIER0_RECOVER_FROM is not an etcd snapshot ($(words)); use another one" ;;
    esac
    again "$place"
  done
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
