// schedule prints, as JSON, when cron expressions fire next, by the parser that CloudNativePG itself uses
// (github.com/robfig/cron v1, seconds first), so that a test compares ours with the real one.
//
//	schedule FROM COUNT EXPRESSION...   FROM is RFC 3339; the times printed are UTC
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/robfig/cron"
)

// answer holds either the next times or the parser's error; an expression that never fires has neither.
type answer struct {
	Expression string   `json:"expression"`
	Next       []string `json:"next"`
	Error      string   `json:"error"`
}

func main() {
	if len(os.Args) < 4 {
		fail("usage: schedule FROM COUNT EXPRESSION...")
	}
	from, err := time.Parse(time.RFC3339, os.Args[1])
	if err != nil {
		fail(err.Error())
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		fail(err.Error())
	}
	answers := []answer{}
	for _, expression := range os.Args[3:] {
		answers = append(answers, next(expression, from.UTC(), count))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fail(err.Error())
	}
}

func next(expression string, at time.Time, count int) answer {
	schedule, err := cron.Parse(expression)
	if err != nil {
		return answer{Expression: expression, Next: []string{}, Error: err.Error()}
	}
	times := []string{}
	for range count {
		if at = schedule.Next(at); at.IsZero() { // the parser looks five years ahead, then gives up
			break
		}
		times = append(times, at.Format(time.RFC3339))
	}
	return answer{Expression: expression, Next: times}
}

func fail(reason string) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(2)
}
