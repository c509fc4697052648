#!/usr/bin/env bash
# One step of OpenTofu in the folder TIER0_FOLDER: apply, or output of one value, TIER0_OUTPUT.
#
# Variables, the backend's keys and the encryption of the state come from the environment that Pulumi runs
# in (TF_VAR_..., TF_ENCRYPTION). A step may be repeated: what an interrupted run created is in OpenTofu's
# own state, and the next one continues from there. Standard error is for people and holds no secret.
set -euo pipefail

act=${1:?}

fail() {
  printf 'tier0: %s\n' "$1" >&2
  exit 1
}

tofu_here() {
  TF_IN_AUTOMATION=1 TF_INPUT=0 tofu -chdir="$TIER0_FOLDER" "$@"
}

# The first error that tofu printed, not the whole output: it may quote values.
reason() {
  grep -m 1 '^Error: ' <<<"$said" | cut -c1-300 || printf 'it says no reason\n'
}

# Applies, but only what removes nothing: a machine's disk must not be lost because a file changed.
apply() {
  local plan said removed forgotten half_made
  if [[ -n ${PULUMI_COMMAND_STDOUT:-} && $PULUMI_COMMAND_STDOUT == "$TIER0_REVISION" ]]; then
    printf '%s\n' "$TIER0_REVISION"
    return
  fi
  [[ -d $TIER0_FOLDER ]] ||
    fail "bootstrap.folder: $TIER0_FOLDER is not a folder on this machine; write the path of the OpenTofu configuration"
  said=$(tofu_here init -no-color 2>&1) ||
    fail "tofu init in $TIER0_FOLDER: it failed ($(reason)); fix that, then run pulumi up again"
  plan=$(mktemp -d) # only this user reads it: a plan holds secrets
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$plan'" EXIT
  said=$(tofu_here plan -no-color -out="$plan/plan" 2>&1) ||
    fail "tofu plan in $TIER0_FOLDER: it failed ($(reason)); fix that, then run pulumi up again"
  removed=$(grep -E -o '[0-9]+ to destroy' <<<"$said" | grep -E -o '^[0-9]+' || printf 0)
  # A block with `lifecycle { destroy = false }` that is gone: its machine runs on, and nothing manages it.
  forgotten=$(grep -E -o '[0-9]+ to forget' <<<"$said" | grep -E -o '^[0-9]+' || printf 0)
  ((forgotten == 0)) ||
    fail "tofu plan in $TIER0_FOLDER: it would forget $forgotten existing resource(s), which nothing manages then; if that is intended, run tofu apply by hand"
  # What a run before left half-made is created again.
  half_made=$(grep -c ' is tainted, so ' <<<"$said" || true)
  ((removed <= half_made)) ||
    fail "tofu plan in $TIER0_FOLDER: it would destroy $((removed - half_made)) existing resource(s); if that is intended, run tofu apply by hand"
  said=$(tofu_here apply -no-color "$plan/plan" 2>&1) ||
    fail "tofu apply in $TIER0_FOLDER: it failed half-way ($(reason)); fix that, then run pulumi up again: it continues from there"
  printf '%s\n' "$TIER0_REVISION"
}

output() {
  local said value
  said=$(tofu_here output -no-color -raw "$TIER0_OUTPUT" 2>&1 >/dev/null) || true
  value=$(tofu_here output -no-color -raw "$TIER0_OUTPUT" 2>/dev/null) && [[ -n $value ]] ||
    fail "tofu output $TIER0_OUTPUT in $TIER0_FOLDER: it has no value ($(reason)); declare it as an output, sensitive, and raise bootstrap.revision"
  printf '%s\n' "$value"
}

# Where it is named and not there, tofu warns on standard output, in the middle of a value.
[[ -e ${TF_CLI_CONFIG_FILE:-} ]] || unset TF_CLI_CONFIG_FILE
command -v tofu >/dev/null ||
  fail "tofu: is not on the PATH; install OpenTofu, or write a TalosctlSpec as bootstrap"
case $act in
  apply | output) "$act" ;;
  *) fail "$act: no such step; write apply or output" ;;
esac
