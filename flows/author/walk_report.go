package author

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/vrep/vrep/flows"
)

// WriteWalk writes what random doctors found: the figures, or the talk that failed with its test case; then the table of coverage, with cover also by
// name what nobody came past. took is how long the walk took.
func WriteWalk(w io.Writer, res *WalkResult, opt WalkOptions, took time.Duration, cover bool) error {
	text := phrase("walk.passed", "talks", strconv.Itoa(res.Talks), "turns", strconv.Itoa(res.Turns),
		"speed", strconv.Itoa(int(float64(res.Turns)/max(took.Seconds(), 1e-3)))) + "\n"
	if res.Stopped {
		text = phrase("walk.stopped") + text
	}
	if f := res.Failure; f != nil {
		text = phrase("walk.failed", "why", f.Why, "flow", f.Flow, "talk", strconv.Itoa(f.Talk), "seed", strconv.FormatUint(opt.Seed, 10)) + "\n" + f.Case
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return writeCover(w, res.Coverage, opt.Flows, cover)
}

func writeCover(w io.Writer, c *flows.Coverage, only []string, missing bool) error {
	if missing {
		return WriteCover(w, c, only)
	}
	return WriteCoverShares(w, c, only)
}

// CaseName is what a talk recorded at a time is called.
func CaseName(at time.Time) string {
	return phrase("record.name", "time", at.Format("2006-01-02 15:04"))
}
