package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// refuse asks again with a reason; after too many refusals the question fails.
func (t *turn) refuse(s *Step, line string) {
	t.out.Accepted = false
	t.trace(TraceRefusal, s, "")
	f, q := t.top(), s.Body.(*Question)
	f.Tries++
	most := q.MaxRetry
	if most < 0 {
		most = t.e.lib.config.MaxRetry
	}
	if f.Tries >= most {
		t.fail(f, s, q)
		return
	}
	t.say(line)
	t.prompt()
}

// fail leaves a question that was refused too often.
func (t *turn) fail(f *Frame, s *Step, q *Question) {
	t.trace(TraceFail, s, TraceFail)
	if q.Type == "consent" && q.Purpose == "base" { // without a clear yes nothing may be kept; for other purposes what was in force stays
		t.consent(q, false, t.plainPrompt(), "")
	}
	to := q.OnFail
	if to == "" {
		to = t.e.lib.config.OnFail
	}
	t.give(f, s, to, "failed_skip")
}

// give leaves a question without an answer: to a step, to a person, to the step after or out of the flow. skipped is the line for the step after.
func (t *turn) give(f *Frame, s *Step, to, skipped string) {
	switch to {
	case "human":
		f.Tries, f.Mode, f.Draft, f.Cand = 0, modePlain, nil, nil
		t.sayLine("failed_human")
		t.handOff()
		return
	case "skip":
		t.sayLine(skipped)
		t.leaveOpen(f, s)
		if !t.leave(f, s) {
			t.advance()
		}
		return
	case "stop":
		t.leaveOpen(f, s)
		t.sayLine("failed_stop")
		if !t.end("stop") {
			t.advance()
		}
		return
	}
	t.leaveOpen(f, s)
	if !t.jump(f, to) {
		t.advance()
	}
}

// leaveOpen goes away from a question without an answer; one that it had before, asked again after a jump back, stops counting.
func (t *turn) leaveOpen(f *Frame, s *Step) {
	f.calm()
	if f.got(s.ID) == nil {
		return
	}
	t.unanswer(f, t.prefix(len(t.st.Frames)-1), s.ID)
	for _, name := range s.gives() {
		t.note(name)
	}
	t.settle()
}

// retryLine is the reason why a text was not taken: the author's own words, else those of the type.
func (t *turn) retryLine(f *Frame, s *Step, rd answer.Reading) string {
	q := s.Body.(*Question)
	key := retryKey(q, rd)
	if key == q.Type {
		key = t.e.lib.RefusalGroup(q)
	}
	if rd.Status == answer.Pattern && q.OffForm != nil {
		return t.renderWith(f, q.OffForm, map[string]labelled{"answer": {cond.Text(t.in.Text), t.in.Text}})
	}
	if len(q.Retry) > 0 && !contains(ownWords, key) {
		return t.renderWith(f, q.Retry[min(f.Tries, len(q.Retry)-1)], map[string]labelled{"answer": {cond.Text(t.in.Text), t.in.Text}})
	}
	lines := t.e.lib.config.retries[key]
	if len(lines) == 0 {
		lines = t.e.lib.config.retries[q.Type]
	}
	if len(lines) == 0 {
		return ""
	}
	return t.renderWith(f, lines[min(f.Tries, len(lines)-1)], t.refusalFacts(f, q, rd))
}

// ownWords are refusals that say what the author's own words cannot know.
var ownWords = []string{"many_over", "many_under", "rank_under", "only", "ambiguous", "date_two", "time_half"}

// refusalFacts are the names that refusal lines may print.
func (t *turn) refusalFacts(f *Frame, q *Question, rd answer.Reading) map[string]labelled {
	m := map[string]labelled{"answer": {cond.Text(t.in.Text), t.in.Text}}
	put := func(k, v string) { m[k] = labelled{cond.Text(v), v} }
	l := t.e.saidLabels(q)
	put("yes", l[0])
	put("no", l[1])
	for k, v := range rd.Note {
		if v != "" {
			put(k, v)
		}
	}
	if low, high := t.limits(f, q); !q.dated() {
		t.putLimit(put, q, "min", low)
		t.putLimit(put, q, "max", high)
	}
	if q.Step > 0 {
		t.putLimit(put, q, "step", &q.Step)
	}
	put("unit", q.Unit)
	var labels []string
	if q.reader != nil {
		for _, i := range rd.Candidates {
			if i >= 0 && i < q.reader.Len() {
				labels = append(labels, q.reader.Option(i).Label)
			}
		}
	}
	put("label", strings.Join(labels, t.e.lib.line("list_separator")))
	for _, d := range []string{"day1", "day2"} {
		if v := rd.Note[d]; v != "" {
			put(d, t.e.lib.reader.SayDate(v))
		}
	}
	return m
}

// putLimit prints a limit in the words of the question's type.
func (t *turn) putLimit(put func(k, v string), q *Question, name string, n *float64) {
	switch {
	case n == nil:
	case q.Type == "duration":
		put(name, t.e.sayMinutes(*n))
	case q.Type == "percent":
		put(name, ftoa(*n)+"%")
	default:
		put(name, cond.Number(*n).Str())
	}
}

func (e *Engine) saidLabels(q *Question) [2]string {
	if q.Type == "yesno" || q.Type == "consent" {
		return e.labels(q)
	}
	return [2]string{e.lib.line("yes"), e.lib.line("no")}
}

// retryKey names the refusal line for a reading.
func retryKey(q *Question, rd answer.Reading) string {
	switch rd.Status {
	case answer.TooMany:
		return "many_over"
	case answer.TooFew:
		if q.Type == "rank" {
			return "rank_under"
		}
		return "many_under"
	case answer.Conflict:
		switch rd.Note["reason"] {
		case "only":
			return "only"
		case "weekday":
			return "weekday"
		}
	case answer.Ambiguous:
		if rd.Note["day1"] != "" {
			return "date_two"
		}
		return "ambiguous"
	case answer.Range:
		if q.Type == "scale" && q.whole() {
			return "scale"
		}
		return rangeKey(q, rd)
	case answer.Fraction:
		if q.Step > 1 || q.Type == "duration" {
			return "step"
		}
		return "fraction"
	case offStep:
		return "step"
	case offDays:
		return sideKey("days", rd)
	case answer.Pattern:
		return "pattern"
	case answer.Unit:
		if q.Type == "duration" {
			return "duration_unit"
		}
		return "unit"
	case answer.NoSuchDay:
		return "no_such_day"
	case answer.DayNeeded:
		return "day_needed"
	case answer.TimeClash:
		switch {
		case rd.Note["reason"] == "half":
			return "time_half"
		case rd.Note["from"] == "":
			return "time_odd"
		}
		return "time_clash"
	case answer.WrongSide:
		if q.Past {
			return "date_past"
		}
		return "date_future"
	case answer.Lunar:
		return "lunar"
	case answer.Short, answer.Long:
		switch {
		case q.Type == "text":
			return rangeText(q)
		case q.Type == "phone" && rd.Status == answer.Short:
			return "phone_short"
		case q.Type == "phone":
			return "phone_long"
		}
	case answer.Unclear:
		if r := rd.Note["reason"]; (q.Type == "number" || q.Type == "percent") && (r == "vague" || r == "range") {
			return "number_fuzzy"
		}
	}
	return q.Type
}

// rangeKey is the line for a number outside its limits.
func rangeKey(q *Question, rd answer.Reading) string {
	if q.dated() {
		return "date_range"
	}
	if q.Type == "duration" {
		return sideKey("duration", rd)
	}
	return sideKey("number", rd)
}

// sideKey is the line for what lies outside of limits of which one may be missing.
func sideKey(kind string, rd answer.Reading) string {
	switch {
	case rd.Note["min"] != "" && rd.Note["max"] != "":
		return kind + "_range"
	case rd.Note["min"] != "":
		return kind + "_low"
	}
	return kind + "_high"
}

func rangeText(q *Question) string {
	if q.Low != nil && q.High != nil {
		return "text_length"
	}
	return "text"
}
