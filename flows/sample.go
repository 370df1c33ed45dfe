package flows

import (
	"cmp"
	_ "embed"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"
)

//go:embed samples.yaml
var samplesYAML []byte

// sampleWords are the words that imagined doctors answer with.
var sampleWords = sync.OnceValue(func() map[string][]string {
	var out map[string][]string
	if err := yaml.Unmarshal(samplesYAML, &out); err != nil {
		panic("reading embedded samples: " + err.Error()) // the file is part of the program; a test reads it
	}
	return out
})

// maxSuggest is how many answers are tried before a question counts as one that nobody can answer.
const maxSuggest = 60

// suggest finds an input that the waiting question takes and that leads on. It tries answers on a copy of the talk; false means that none did.
func (e *Engine) suggest(st State, facts Facts, now time.Time, r *rand.Rand) (Input, bool) {
	t := &turn{e: e, st: st.clone(), in: Input{Kind: InTick, At: now}, facts: facts, out: &Outcome{}}
	before := t.pending(t.pendingStep())
	for range maxSuggest {
		in := t.sample(before, r)
		in.At = now
		if leadsOn(before, e.Step(st, in, facts)) {
			return in, true
		}
	}
	return Input{}, false
}

// leadsOn reports an answer that was taken: a further step was reached, the talk ended, or the value is read back.
func leadsOn(before Pending, out Outcome) bool {
	if !out.Accepted || out.Command != "" || len(out.Problems) > 0 {
		return false
	}
	if out.Ended != "" || out.Human || out.Pending.Asked != before.Asked || out.Pending.Confirming != before.Confirming {
		return true
	}
	for i := range out.Trace {
		if out.Trace[i].Kind == TraceStep {
			return true
		}
	}
	return false
}

// said is an input as a line of a talk.
func (in Input) said() string {
	if in.Kind == InText {
		return in.Text
	}
	return "[" + string(in.Kind) + "]"
}

// sample is an answer that a doctor may give to the waiting question.
func (t *turn) sample(p Pending, r *rand.Rand) Input {
	text := func(s string) Input { return Input{Kind: InText, Text: s} }
	s := t.pendingStep()
	if s == nil || p.Confirming {
		if r.IntN(5) == 0 {
			return text(t.e.lib.line("no"))
		}
		return text(t.e.lib.line("yes"))
	}
	q, f := s.Body.(*Question), t.top()
	switch {
	case f.Mode == modeText:
		return text(sampleText(nil, nil, r))
	case f.Mode == modePick:
		return text(anyOf(marks(p.Asked), r))
	case q.Unknown != nil && r.IntN(8) == 0:
		return text(q.Unknown.Label)
	}
	switch q.Type {
	case "one", "yesno", "consent":
		return text(sampleOption(p.Asked, r))
	case "many", "rank":
		low, high := t.picks(f, s)
		return text(sampleOptions(low, high, marks(p.Asked), r))
	case "scale", "number", "percent":
		return text(t.sampleNumber(f, q, r))
	case "duration":
		if low, high := t.limits(f, q); low != nil || high != nil {
			return text(t.sampleNumber(f, q, r) + anyOf(sampleWords()["minute"], r))
		}
		return text(anyOf(sampleWords()["durations"], r))
	case "date", "datetime":
		return text(t.sampleDate(f, q, r))
	case "phone":
		return text("138" + strconv.Itoa(10000000+r.IntN(89999999)))
	case "lookup":
		choices, _ := t.lookupChoices(q)
		if len(choices) > 0 {
			return text(choices[r.IntN(len(choices))].Label)
		}
	case "image":
		return Input{Kind: InImage, Media: "image-sample"}
	case "voice":
		return Input{Kind: InVoice, Media: "voice-sample"}
	case "location":
		return Input{Kind: InLocation, Place: "39.91,116.40", Text: anyOf(sampleWords()["texts"], r)}
	}
	if q.Pattern != nil {
		if word := anyOf(sampleWords()["texts"], r); q.Pattern.MatchString(word) {
			return text(word)
		}
		return text(matching(q.Pattern.String(), r))
	}
	return text(sampleText(q.Low, q.High, r))
}

func anyOf(list []string, r *rand.Rand) string {
	if len(list) == 0 {
		return ""
	}
	return list[r.IntN(len(list))]
}

// reOption is a printed option: its number or key, and its label.
var reOption = regexp.MustCompile(`(?m)^(\S{1,4})\. (.+)$`)

// marks are the numbers printed before the options of a question.
func marks(asked string) []string {
	var out []string
	for _, m := range reOption.FindAllStringSubmatch(asked, -1) {
		out = append(out, m[1])
	}
	return out
}

// sampleOption is a number or a label as printed.
func sampleOption(asked string, r *rand.Rand) string {
	all := reOption.FindAllStringSubmatch(asked, -1)
	if len(all) == 0 {
		return "1"
	}
	return all[r.IntN(len(all))][1+r.IntN(2)]
}

// sampleOptions are as many numbers as the question wants, in any order.
func sampleOptions(low, high int, marks []string, r *rand.Rand) string {
	if len(marks) == 0 {
		return "1"
	}
	if high <= 0 || high > len(marks) {
		high = len(marks)
	}
	low = min(max(low, 1), high)
	var out []string
	for _, i := range r.Perm(len(marks))[:low+r.IntN(high-low+1)] {
		out = append(out, marks[i])
	}
	return strings.Join(out, listMark)
}

// sampleNumber lies within the limits, often at their ends, and is a multiple of the step.
func (t *turn) sampleNumber(f *Frame, q *Question, r *rand.Rand) string {
	low, high := t.limits(f, q)
	if low == nil && high == nil && q.Type != "percent" {
		return anyOf(sampleWords()["numbers"], r)
	}
	from, to := 0.0, 100.0
	switch {
	case low != nil && high != nil:
		from, to = *low, *high
	case low != nil:
		from, to = *low, *low+100
	case high != nil:
		from, to = *high-100, *high
	}
	if r.IntN(4) == 0 {
		return ftoa([]float64{from, to}[r.IntN(2)])
	}
	step := q.Step
	if step <= 0 {
		step = 1
	}
	base := 0.0 // values count from the lower end, see onStep
	if low != nil {
		base = from
	}
	return ftoa(base + math.Ceil((from-base+r.Float64()*(to-from))/step)*step)
}

// sampleDate lies on the wanted side of today, within the limits.
func (t *turn) sampleDate(f *Frame, q *Question, r *rand.Rand) string {
	low, high := q.MinDays, q.MaxDays
	if high == 0 {
		high = low + 60
	}
	days := low + r.IntN(high-low+1)
	if q.Past || (!q.Future && r.IntN(2) == 0) {
		days = -days
	}
	text := t.in.At.AddDate(0, 0, days).Format(time.DateOnly)
	if from, to := t.days(f, q); r.IntN(2) == 0 && from+to != "" {
		text = anyOf([]string{cmp.Or(from, to), cmp.Or(to, from)}, r)
	}
	if q.Type == "datetime" && r.IntN(3) > 0 {
		text += " " + strconv.Itoa(8+r.IntN(10)) + ":30"
	}
	return text
}

// sampleText is a text of a length within the limits.
func sampleText(low, high *float64, r *rand.Rand) string {
	text := []rune(anyOf(sampleWords()["texts"], r))
	if low != nil {
		for len(text) < int(*low) {
			text = append(text, []rune(anyOf(sampleWords()["texts"], r))...)
		}
	}
	if high != nil && len(text) > int(*high) {
		text = text[:max(int(*high), 0)]
	}
	return string(text)
}
