package flows

import (
	"strconv"
	"strings"
	"time"
)

// Caps are how many unasked messages (reminders and recommendations) a doctor may get; 0 = no limit.
type Caps struct{ Day, Week int }

// Caps are the limits of the folder.
func (lib *Library) Caps() Caps { return lib.config.Caps }

// Quiet tells whether the house's quiet hours hold at a time, and when they end. The zone is that of the time.
func (lib *Library) Quiet(at time.Time) (end time.Time, quiet bool) {
	from, to, ok := strings.Cut(lib.config.Quiet, "-")
	if !ok || from == to {
		return time.Time{}, false
	}
	y, m, d := at.Date()
	clock := func(day int, s string) time.Time {
		hour, _ := strconv.Atoi(s[:2])
		minute, _ := strconv.Atoi(s[3:])
		return time.Date(y, m, d+day, hour, minute, 0, 0, at.Location())
	}
	for day := -1; day <= 0; day++ { // hours over midnight began the day before
		begin, end := clock(day, from), clock(day, to)
		if !end.After(begin) {
			end = clock(day+1, to)
		}
		if !at.Before(begin) && at.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

// awake is the first time from at on that is outside the quiet hours.
func (lib *Library) awake(at time.Time) time.Time {
	if end, quiet := lib.Quiet(at); quiet {
		return end
	}
	return at
}

// Due tells when a talk next wants an InTick: for a reminder, or because the silence has lasted too long. It is never before now; false when nothing is
// to come. The zone of quiet hours is that of now.
func (e *Engine) Due(st State, now time.Time) (time.Time, bool) {
	if st.At == 0 || (st.Idle() && st.Asleep == 0) {
		return time.Time{}, false
	}
	since, limit := time.UnixMilli(st.At).In(now.Location()), defaultExpire
	flow := e.silent(st)
	if flow != nil {
		limit = flow.Expire
	}
	due := since.Add(limit)
	if flow != nil && st.Asleep == 0 && st.Told < len(flow.Remind) {
		next := later(since.Add(flow.Remind[st.Told].After), now)
		if !flow.Urgent {
			next = e.lib.awake(next)
		}
		if next.Before(due) {
			due = next
		}
	}
	return later(due, now), true
}

// report is the flow of the safety report that is being filled in or was offered, nil when there is none.
func (e *Engine) report(st State) *Flow {
	if ask := st.offered(); ask != nil {
		for _, ls := range e.lib.config.listen {
			if f := e.lib.flows[ls.Call]; ls.ID == ask.Name && f != nil && f.reports {
				return f
			}
		}
	}
	for i := len(st.Frames) - 1; i >= 0; i-- {
		if f := e.lib.flows[st.Frames[i].Flow]; st.Frames[i].R == 0 && f != nil && f.reports {
			return f
		}
	}
	return nil
}

// silent is the flow whose reminders and patience count in silence: that of a safety report, else the one at the bottom.
func (e *Engine) silent(st State) *Flow {
	if f := e.report(st); f != nil || len(st.Frames) == 0 {
		return f
	}
	flow, _ := e.flowOf(&st.Frames[0], nil)
	return flow
}

// Reporting tells whether a safety report is being filled in, or was offered.
func (e *Engine) Reporting(st State) bool { return e.report(st) != nil }

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// nextTick is when a clock that is turned forward to end stops first: where time itself does something to the talk, else at the end.
func (e *Engine) nextTick(st State, now, end time.Time) time.Time {
	if due, ok := e.Due(st, now); ok && due.After(now) && due.Before(end) {
		return due
	}
	return end
}
