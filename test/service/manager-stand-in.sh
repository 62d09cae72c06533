#!/bin/sh
# Stands for launchctl, schtasks.exe, wscript.exe and node.exe, whichever name it is called by: writes down what it was told and
# remembers in the directory $TEST_MACHINE whether the service is there. With $TEST_DENIED, no task can be made.
name=${0##*[/\\]}
name=${name%.exe}
printf '%s\n' "$name $*" >>"$TEST_MACHINE/calls.log"
there="$TEST_MACHINE/there"
absent() {
  echo "$1" >&2
  exit "$2"
}
case "$name $*" in
node*) echo v24.21.0 ;;
*"print "*/*/*)
  [ -e "$there" ] || absent "Could not find service" 113
  printf 'x = {\n\tstate = running\n\tpid = 4242\n}\n'
  ;;
*" bootstrap "*) : >"$there" ;;
*" bootout "*) [ -e "$there" ] && rm "$there" || absent "Boot-out failed: 3: No such process" 3 ;;
*"/Query"*"/TN"*)
  [ -e "$there" ] || absent "ERROR: The system cannot find the file specified." 1
  printf 'Status:        Running\r\nLast Run Time: 1/1/2026 1:00:00 AM\r\nLast Run Result: 267009\r\n'
  ;;
*"/Create"*) [ -z "${TEST_DENIED:-}" ] && : >"$there" || absent "ERROR: Access is denied." 1 ;;
*"/Delete"*) rm "$there" ;;
esac
