package flows

import (
	"slices"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// answer reads a text as the answer to the pending question. heard tells that a listener has already answered: then a misfit is no refusal.
func (t *turn) answer(text string, heard bool) {
	f, s := t.top(), t.pendingStep()
	q := s.Body.(*Question)
	if t.attached(f, s) {
		return
	}
	switch f.Mode {
	case modeValue, modeKnown:
		if t.confirming(f, s, text) {
			return
		}
	case modePick:
		rd := t.e.lib.reader.Choices(t.candidateOptions(f, q)).One(text, true)
		if rd.Status == answer.OK {
			t.take(f, s, Draft{Got: Got{Q: s.ID, V: rd.Value}, Raw: text, How: "candidate"}, false)
			return
		}
	case modeText:
		rd := t.addition(text)
		if rd.Status != answer.OK {
			t.refuse(s, t.retryLine(f, s, rd))
			return
		}
		t.added(f, s, text, rd.Value.Str())
		return
	}
	if q.Unknown != nil && t.dontKnow(q, text) {
		t.unknown(f, s, text)
		return
	}
	t.reading(f, s, text, heard, t.read(f, s, text))
}

// unknown takes a "don't know": the first time it is asked back once, if the author wants that.
func (t *turn) unknown(f *Frame, s *Step, text string) {
	if u := s.Body.(*Question).Unknown; u.Probe != nil && !f.Probed {
		f.Probed = true
		t.say(t.render(f, u.Probe))
		return
	}
	t.store(f, s, Draft{Got: Got{Q: s.ID, Unknown: true}, Raw: text, How: "unknown"})
}

// dontKnow recognises the accepted "don't know" of a question.
func (t *turn) dontKnow(q *Question, text string) bool {
	if t.saysUnknown(q, text) {
		return true
	}
	known := false
	t.asHouse(func() {
		if s := t.pendingStep(); s != nil {
			if own := s.Body.(*Question); own != q && own.Unknown != nil {
				known = t.saysUnknown(own, text)
			}
		}
	})
	return known
}

func (t *turn) saysUnknown(q *Question, text string) bool {
	if t.e.lib.reader.Unknown(text, q.Unknown.Label) {
		return true
	}
	if q.Type == "yesno" { // it stands as the third line
		l := t.e.labels(q)
		rd := t.e.lib.reader.Choices([]answer.Option{{Code: "yes", Label: l[0]}, {Code: "no", Label: l[1]}, {Code: unknownCode, Label: q.Unknown.Label}}).One(text, false)
		return rd.Status == answer.OK && rd.Value.Str() == unknownCode
	}
	n := t.e.lib.reader.Normalise(text)
	return slices.ContainsFunc(q.Unknown.Aka, func(a string) bool { return t.e.lib.reader.Normalise(a) == n })
}

// confirming handles the answer to a read-back; false means that the text may be another answer to the question itself.
func (t *turn) confirming(f *Frame, s *Step, text string) bool {
	q := s.Body.(*Question)
	yes, clear := t.yesNo(text)
	if q.Type == "yesno" || q.Type == "consent" {
		rd := t.read(f, s, text)
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
		if f.Mode == modeValue {
			t.accept(f, s, g)
		} else {
			t.store(f, s, g)
		}
	case clear:
		tries := f.Tries // saying no to a read-back is no refusal, and forgives none
		f.calm()
		f.Q, f.Tries = s.ID, tries
		t.prompt()
	default:
		if rd := t.read(f, s, text); rd.Status == answer.OK || rd.Status == answer.Offer || rd.Status == answer.Ambiguous {
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
			t.unknown(f, s, text)
			return
		}
		t.take(f, s, t.draft(q, s, rd, text), q.ReadBack || q.Confirm != nil || rd.Confirm != "")
		return
	case answer.Offer:
		t.take(f, s, t.draft(q, s, rd, text), true)
		return
	case answer.Ambiguous:
		if (q.Type == "one" || q.Type == "lookup") && len(rd.Candidates) > 1 {
			t.pick(f, s, rd)
			return
		}
	}
	if t.outside(f, s, rd) {
		return
	}
	if heard {
		t.prompt()
		return
	}
	if other := t.candidate("word", t.e.lib.reader.Normalise(text)); other != nil && !t.running(other.ID) && !t.urgent() {
		t.begin(other) // no answer, but a word that starts another flow: it comes first, then the question again
		return
	}
	t.refuse(s, t.retryLine(f, s, rd))
}

// draft is the answer that a reading gives.
func (t *turn) draft(q *Question, s *Step, rd answer.Reading, text string) Draft {
	d := Draft{Got: Got{Q: s.ID, V: rd.Value, L: t.ownLabel(q, rd)}, Raw: text, How: rd.How, Added: t.together(q, rd)}
	if d.Added != nil {
		d.L = t.withAdditions(q, &d)
	}
	return d
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

// take accepts a value after the author's checks, a read-back and the additions to its options.
func (t *turn) take(f *Frame, s *Step, g Draft, confirm bool) {
	if say, overlay := t.checked(f, s, &g); say != nil {
		f.Mode, f.Draft = modePlain, nil
		t.refuse(s, t.renderWith(f, say, overlay))
		return
	}
	if confirm {
		f.Mode, f.Draft = modeValue, &g
		t.prompt()
		return
	}
	t.accept(f, s, g)
}

// checked tries the author's checks on a value: what to say to the first that it fails, with the names that the words may use; nil when it passes.
func (t *turn) checked(f *Frame, s *Step, g *Draft) (*Text, map[string]labelled) {
	q := s.Body.(*Question)
	if len(q.Check) == 0 {
		return nil, nil
	}
	overlay := map[string]labelled{s.ID: {g.V, t.gotLabel(q, &g.Got)}, "answer": {cond.Text(g.Raw), g.Raw}}
	for _, c := range q.Check {
		if t.holdsWith(f, c.When, overlay) {
			return c.Say, overlay
		}
	}
	return nil, nil
}
