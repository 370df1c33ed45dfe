package flows

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// Statuses of readings that the engine refuses after the answer reader took them.
const (
	offStep answer.Status = "step"     // not a multiple of the step; Note step
	offDays answer.Status = "off_days" // outside the limits of a date; Note min, max, side
)

// reDashed is a range as people write it, which would be read as a subtraction.
var reDashed = regexp.MustCompile(`^[0-9.]+ ?[-~] ?[0-9.]+$`)

// rangeOf reads range: a..b. Each end is a number (of a duration also a time such as 30m, of a date a day such as 2026-03-01) or an expression over
// names that come before; "" leaves an end open.
func (b *binder) rangeOf(o *object, q *Question) {
	s := o.plain("range")
	if s == "" || reDashed.MatchString(s) {
		if o.has("range") {
			b.add(o.keys["range"], "bad_range", "key", "range")
		}
		b.outOfRange(o, q)
		return
	}
	low, high, two := strings.Cut(s, "..")
	if !two {
		high = low
	}
	for i, end := range []string{strings.TrimSpace(low), strings.TrimSpace(high)} {
		fixed := []**float64{&q.Low, &q.High}[i]
		switch n, err := q.end(end); {
		case end == "":
		case err == nil:
			*fixed = n
		default:
			q.Limits[i] = b.limit(o, q, end)
		}
	}
	if q.Low != nil && q.High != nil && *q.Low > *q.High || strings.TrimSpace(low+high) == "" {
		b.add(o.keys["range"], "bad_range", "key", "range")
		q.Low, q.High = nil, nil
	}
	b.outOfRange(o, q)
}

// end reads an end that is written out.
func (q *Question) end(s string) (*float64, error) {
	if q.Type == "duration" {
		if d, err := time.ParseDuration(s); err == nil && d >= 0 {
			m := d.Minutes()
			return &m, nil
		}
	}
	return parseFloat(s)
}

// limit is an end that is computed.
func (b *binder) limit(o *object, q *Question, src string) *Expr {
	if q.dated() && looksLikeDate(src) && len(src) == len(time.DateOnly) {
		src = `"` + src + `"`
	}
	e := &Expr{src: src, at: b.at(o.keys["range"])}
	b.own(e, nil)
	return e
}

// outOfRange reads on_range: what happens to a value outside the limits. One target serves both sides, a map {low, high} each its own.
func (b *binder) outOfRange(o *object, q *Question) {
	n := o.keys["on_range"]
	if n == nil {
		return
	}
	if !o.has("range") {
		b.add(o.key["on_range"], "missing_key", "key", "range")
	}
	if n.Kind != yaml.MappingNode {
		to := b.rangeTarget(o, "on_range")
		q.OnRange = [2]string{to, to}
		return
	}
	m := b.object(n, []string{"low", "high"})
	q.OnRange = [2]string{b.rangeTarget(m, "low"), b.rangeTarget(m, "high")}
}

func (b *binder) rangeTarget(o *object, key string) string {
	if o.plain(key) == "retry" {
		return ""
	}
	return b.target(o, key)
}

// step reads step: the distance between values that count, from the lower limit on.
func (b *binder) stepOf(o *object, q *Question) {
	if !o.has("step") {
		return
	}
	n, err := q.end(o.plain("step"))
	if err != nil || n == nil || *n <= 0 {
		b.add(o.keys["step"], "bad_step", "key", "step")
		return
	}
	q.Step = *n
}

// whole reports that only whole numbers count.
func (q *Question) whole() bool {
	return q.Step > 0 && q.Step == math.Trunc(q.Step) && (q.Low == nil || *q.Low == math.Trunc(*q.Low))
}

// dated and numeric tell what the limits are of.
func (q *Question) dated() bool { return q.Type == "date" || q.Type == "datetime" }
func (q *Question) numeric() bool {
	return contains([]string{"number", "scale", "percent", "duration"}, q.Type)
}

// linkLimits checks what the computed ends of a range are.
func (l *linker) linkLimits(s *Step, q *Question) {
	want := cond.KindNumber
	if q.dated() {
		want = cond.KindDate
	}
	for _, e := range q.Limits {
		if e == nil || e.x == nil {
			continue
		}
		at, typ := e.at.find(e.src), e.x.Type()
		bare := typ.Kind == cond.KindText && len(e.x.Names()) == 0 && !strings.HasPrefix(e.src, `"`)
		switch {
		case bare && isName(e.src):
			l.add(at, "cond_unknown_name", "name", e.src, "near", cond.Nearest(e.src, l.scope.Names()))
		case bare:
			l.add(at, "bad_range", "key", "range")
		case slices.Contains(e.x.Names(), s.ID):
			l.add(at, "later_name", "name", s.ID, "line", itoa(s.at.line))
		case typ.Kind != want && typ.Kind != cond.KindNone && !(q.dated() && strings.HasPrefix(e.src, `"`)):
			l.add(at, "limit_type", "name", e.src, "left", phrase("kind_"+typ.Kind.String()), "right", phrase("kind_"+want.String()))
		case typ.Missing:
			l.add(at, "limit_missing", "name", e.src)
		}
	}
}

// limits are the ends of the question's range as they stand in this talk; nil where there is none. Ends that exclude everything count as none: a
// defect of the flow, not of the doctor.
func (t *turn) limits(f *Frame, q *Question) (low, high *float64) {
	ends := [2]*float64{q.Low, q.High}
	for i, e := range q.Limits {
		if e == nil || q.dated() {
			continue
		}
		if v := t.eval(f, e); v.Kind() == cond.KindNumber {
			n := v.Num()
			ends[i] = &n
		}
	}
	if ends[0] != nil && ends[1] != nil && *ends[0] > *ends[1] {
		t.problem("empty_range", f)
		return nil, nil
	}
	return ends[0], ends[1]
}

// days are the ends of a date's range as ISO days, "" where there is none.
func (t *turn) days(f *Frame, q *Question) (low, high string) {
	ends := [2]string{}
	for i, e := range q.Limits {
		if e != nil && q.dated() {
			ends[i] = t.eval(f, e).Str()
		}
	}
	if c, ok := cond.CompareDates(ends[0], ends[1]); ok && c > 0 {
		t.problem("empty_range", f)
		return "", ""
	}
	return ends[0], ends[1]
}

// read reads a text as an answer to the question, with the limits that the answer reader does not know.
func (t *turn) read(f *Frame, s *Step, text string) answer.Reading {
	q := s.Body.(*Question)
	rd := t.readBoth(f, s, text)
	if rd.Status != answer.OK && rd.Status != answer.Offer {
		return rd
	}
	if rd.Value.Kind() == cond.KindNumber && !t.onStep(f, q, rd.Value.Num()) {
		return answer.Reading{Status: offStep, Note: map[string]string{"got": ftoa(rd.Value.Num()), "step": ftoa(q.Step)}}
	}
	if side := t.offDays(f, q, rd.Value.Str()); side != "" {
		low, high := t.days(f, q)
		return answer.Reading{Status: offDays, Note: map[string]string{"min": t.saidDay(low), "max": t.saidDay(high), "side": side}}
	}
	return rd
}

// onStep reports whether a number is one of the values that count.
func (t *turn) onStep(f *Frame, q *Question, v float64) bool {
	if q.Step <= 0 {
		return true
	}
	low, _ := t.limits(f, q)
	if low != nil {
		v -= *low
	}
	n := v / q.Step
	return math.Abs(n-math.Round(n)) < 1e-6
}

// offDays is low or high for a date outside the limits, else "".
func (t *turn) offDays(f *Frame, q *Question, day string) string {
	if !q.dated() || (q.Limits[0] == nil && q.Limits[1] == nil) {
		return ""
	}
	low, high := t.days(f, q)
	if c, ok := cond.CompareDates(day, low); ok && c < 0 {
		return "low"
	}
	if c, ok := cond.CompareDates(day, high); ok && c > 0 {
		return "high"
	}
	return ""
}

func (t *turn) saidDay(day string) string {
	if day == "" {
		return ""
	}
	return t.e.lib.reader.SayDate(day)
}

// outside leads on from a value outside the limits where the author says so; false when the question is asked again.
func (t *turn) outside(f *Frame, s *Step, rd answer.Reading) bool {
	q, side := s.Body.(*Question), 0
	switch {
	case rd.Status == offDays:
		if rd.Note["side"] == "high" {
			side = 1
		}
	case rd.Status == answer.Range && q.numeric():
		got, errGot := parseFloat(rd.Note["got"])
		most, errMost := parseFloat(rd.Note["max"])
		if errGot != nil || errMost != nil || got == nil {
			return false
		}
		if most != nil && *got > *most {
			side = 1
		}
	default:
		return false
	}
	to := q.OnRange[side]
	if to == "" {
		return false
	}
	t.trace(TraceBranch, s, rangeSides[side])
	t.give(f, s, to, "failed_range")
	return true
}
