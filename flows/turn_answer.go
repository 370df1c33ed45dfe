package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// answer reads a text as the answer to the pending question. heard tells that a listener has already answered: then a misfit is no refusal.
func (t *turn) answer(text string, heard bool) {
	f, s := t.top(), t.pendingStep()
	q := s.Body.(*Question)
	switch f.Mode {
	case modeValue, modeKnown:
		if t.confirming(f, s, text) {
			return
		}
	case modePick:
		rd := t.e.lib.reader.Choices(t.candidateOptions(f, q)).One(text, true)
		if rd.Status == answer.OK {
			t.take(f, s, Got{Q: s.ID, V: rd.Value, Raw: text, How: "candidate"}, false)
			return
		}
	case modeText:
		rd := t.e.lib.reader.Text(text, answer.TextOptions{Min: 1, Max: 100})
		if rd.Status != answer.OK {
			t.refuse(s, t.retryLine(f, s, rd))
			return
		}
		g := *f.Draft
		g.L = t.fill("with_addition", "label", t.gotLabel(q, &g), "value", rd.Value.Str())
		g.Raw = text
		t.store(f, s, g)
		return
	}
	if q.Unknown != nil && t.dontKnow(q, text) {
		if q.Unknown.Probe != nil && !f.Probed {
			f.Probed = true
			t.say(t.render(f, q.Unknown.Probe))
			return
		}
		t.store(f, s, Got{Q: s.ID, Unknown: true, Raw: text, How: "unknown"})
		return
	}
	t.reading(f, s, text, heard, q.kind.read(t, f, s, text))
}

// dontKnow recognises the accepted "don't know" of a question.
func (t *turn) dontKnow(q *Question, text string) bool {
	if t.e.lib.reader.Unknown(text, q.Unknown.Label) {
		return true
	}
	n := t.e.lib.reader.Normalise(text)
	return slices.ContainsFunc(q.Unknown.Aka, func(a string) bool { return t.e.lib.reader.Normalise(a) == n })
}

// confirming handles the answer to a read-back; false means that the text may be another answer to the question itself.
func (t *turn) confirming(f *Frame, s *Step, text string) bool {
	q := s.Body.(*Question)
	yes, clear := t.yesNo(text)
	if q.Type == "yesno" || q.Type == "consent" {
		rd := q.kind.read(t, f, s, text)
		clear = clear || rd.Status == answer.OK
		yes = yes || rd.Value.Str() == "yes"
	}
	switch {
	case clear && yes:
		g := *f.Draft
		if f.Mode == modeKnown {
			g.Raw = text
			if g.How != againHow {
				g.How = "known"
			}
		}
		t.store(f, s, g)
	case clear:
		tries := f.Tries // saying no to a read-back is no refusal, and forgives none
		f.calm()
		f.Q, f.Tries = s.ID, tries
		t.prompt()
	default:
		if rd := q.kind.read(t, f, s, text); rd.Status == answer.OK || rd.Status == answer.Offer || rd.Status == answer.Ambiguous {
			f.Mode, f.Draft = modePlain, nil
			return false
		}
		if q.Unknown != nil && t.dontKnow(q, text) {
			f.Mode, f.Draft = modePlain, nil
			return false
		}
		t.refuse(s, t.fill("yes_or_no"))
	}
	return true
}

// reading acts on what the answer reader made of a text.
func (t *turn) reading(f *Frame, s *Step, text string, heard bool, rd answer.Reading) {
	q := s.Body.(*Question)
	switch rd.Status {
	case answer.OK:
		if rd.Value.Str() == unknownCode && q.Unknown != nil && q.kind.choices {
			t.store(f, s, Got{Q: s.ID, Unknown: true, Raw: text, How: "unknown"})
			return
		}
		t.take(f, s, Got{Q: s.ID, V: rd.Value, L: t.ownLabel(q, rd), Raw: text, How: rd.How}, q.ReadBack || q.Confirm != nil || rd.Confirm != "")
		return
	case answer.Offer:
		t.take(f, s, Got{Q: s.ID, V: rd.Value, L: t.ownLabel(q, rd), Raw: text, How: rd.How}, true)
		return
	case answer.Ambiguous:
		if (q.Type == "one" || q.Type == "lookup") && len(rd.Candidates) > 1 {
			t.pick(f, s, rd)
			return
		}
	}
	if heard {
		t.prompt()
		return
	}
	if other := t.candidate("word", t.e.lib.reader.Normalise(text)); other != nil && !t.running(other.ID) {
		t.begin(other) // no answer, but a word that starts another flow: it comes first, then the question again
		return
	}
	t.refuse(s, t.retryLine(f, s, rd))
}

// ownLabel keeps a label that does not follow from the value alone.
func (t *turn) ownLabel(q *Question, rd answer.Reading) string {
	if q.Type == "lookup" || (q.Type == "number" && rd.Label != "") {
		return rd.Label
	}
	return ""
}

// pick shows the options that a text may have meant.
func (t *turn) pick(f *Frame, s *Step, rd answer.Reading) {
	q := s.Body.(*Question)
	var cand []string
	for _, i := range rd.Candidates {
		if len(cand) == 9 {
			break
		}
		if q.Type == "lookup" {
			if ix := t.index(q); ix != nil {
				cand = append(cand, ix.Entry(i).ID)
			}
			continue
		}
		cand = append(cand, t.choices(f, s).Option(i).Code)
	}
	f.Mode, f.Cand = modePick, cand
	t.refuse(s, "")
}

func (t *turn) index(q *Question) *answer.Index {
	if q.index == nil {
		if list := t.e.lib.lists[q.List]; list != nil {
			return list.index
		}
	}
	return q.index
}

// take accepts a value after the author's checks, an addition to the option and a read-back.
func (t *turn) take(f *Frame, s *Step, g Got, confirm bool) {
	q := s.Body.(*Question)
	overlay := map[string]labelled{s.ID: {g.V, t.gotLabel(q, &g)}, "answer": {cond.Text(g.Raw), g.Raw}}
	for _, c := range q.Check {
		if t.holdsWith(f, c.When, overlay) {
			f.Mode, f.Draft = modePlain, nil
			t.refuse(s, t.renderWith(f, c.Say, overlay))
			return
		}
	}
	if i, ok := q.byCode[g.V.Str()]; ok && q.Type == "one" && q.Choices[i].Text != "" {
		f.Mode, f.Draft = modeText, &g
		t.prompt()
		return
	}
	if confirm {
		f.Mode, f.Draft = modeValue, &g
		t.prompt()
		return
	}
	t.store(f, s, g)
}

// refuse asks again with a reason; after too many refusals the question fails.
func (t *turn) refuse(s *Step, line string) {
	t.out.Accepted = false
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
	if q.Type == "consent" && q.Purpose == "base" { // without a clear yes nothing may be kept; for other purposes what was in force stays
		t.consent(q, false, t.plainPrompt(), "")
	}
	to := q.OnFail
	if to == "" {
		to = t.e.lib.config.OnFail
	}
	switch to {
	case "human":
		f.Tries, f.Mode, f.Draft, f.Cand = 0, modePlain, nil, nil
		t.sayLine("failed_human")
		t.handOff()
		return
	case "skip":
		t.sayLine("failed_skip")
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
	return t.renderWith(f, lines[min(f.Tries, len(lines)-1)], t.refusalFacts(q, rd))
}

// ownWords are refusals that say what the author's own words cannot know.
var ownWords = []string{"many_over", "many_under", "only", "ambiguous", "date_two", "time_half"}

// refusalFacts are the names that refusal lines may print.
func (t *turn) refusalFacts(q *Question, rd answer.Reading) map[string]labelled {
	m := map[string]labelled{"answer": {cond.Text(t.in.Text), t.in.Text}}
	put := func(k, v string) { m[k] = labelled{cond.Text(v), v} }
	l := t.e.saidLabels(q)
	put("yes", l[0])
	put("no", l[1])
	if q.Low != nil {
		put("min", ftoa(*q.Low))
	}
	if q.High != nil {
		put("max", ftoa(*q.High))
	}
	for k, v := range rd.Note {
		if v != "" {
			put(k, v)
		}
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
		if q.Type == "scale" {
			return "scale"
		}
		return rangeKey(q, rd)
	case answer.Fraction:
		return "fraction"
	case answer.Unit:
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
		if r := rd.Note["reason"]; q.Type == "number" && (r == "vague" || r == "range") {
			return "number_fuzzy"
		}
	}
	return q.Type
}

// rangeKey is the line for a number outside its limits.
func rangeKey(q *Question, rd answer.Reading) string {
	switch {
	case q.Type == "date" || q.Type == "datetime":
		return "date_range"
	case rd.Note["min"] != "" && rd.Note["max"] != "":
		return "number_range"
	case rd.Note["min"] != "":
		return "number_low"
	}
	return "number_high"
}

func rangeText(q *Question) string {
	if q.Low != nil && q.High != nil {
		return "text_length"
	}
	return "text"
}
