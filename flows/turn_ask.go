package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// unknownCode is the printed option of an accepted "don't know".
const unknownCode = "unknown"

// ask asks a question, unless the answer is known or consent to the same notice was given before.
func (t *turn) ask(f *Frame, s *Step) verdict {
	q := s.Body.(*Question)
	if q.kind == nil {
		t.problem("broken_question", f)
		return goOn
	}
	if f.carried(s) {
		return t.chosen(f, q, f.got(s.ID).V)
	}
	if q.Type == "consent" && t.facts.Consents[q.Purpose] == q.Policy && q.Policy != "" && t.consented(q.Purpose) {
		t.keep(f, s, Got{Q: s.ID, V: cond.Text("agree"), Known: true})
		t.skip(s, "known")
		return t.chosen(f, q, cond.Text("agree"))
	}
	if g, ok := t.before(f, s); ok {
		f.calm()
		f.Q, f.Mode, f.Draft = s.ID, modeKnown, &g
		t.prompt()
		return wait
	}
	if known, ok := t.known(f, s); ok {
		if q.Known == "skip" && !stale(known.At, t.in.At, t.e.lib.freshFor(q)) {
			t.keep(f, s, Got{Q: s.ID, V: known.Value, L: known.Label, Known: true})
			t.skip(s, "known")
			return t.chosen(f, q, known.Value)
		}
		f.calm()
		f.Q, f.Mode, f.Draft = s.ID, modeKnown, &Draft{Got: Got{Q: s.ID, V: known.Value, L: known.Label}}
		t.prompt()
		return wait
	}
	f.calm()
	f.Q = s.ID
	t.prompt()
	return wait
}

// keep puts an answer into the talk. An earlier one, asked again after a jump back, counts until then.
func (t *turn) keep(f *Frame, s *Step, g Got) {
	m := Mark{K: "a", N: s.ID}
	if old := f.got(s.ID); old != nil {
		if !old.Known {
			t.retract(t.questionID(len(t.st.Frames)-1, s.ID))
		}
		if !old.Known && !old.Unknown && s.Body.(*Question).Type != "consent" {
			v := old.V
			m.V, m.L = &v, old.L
		}
	}
	f.dropGot(s.ID)
	f.forget(s.ID)
	f.Got = append(f.Got, g)
	f.Log = append(f.Log, m)
	f.calm()
	t.note(s.ID)
}

// chosen is where the chosen option leads.
func (t *turn) chosen(_ *Frame, q *Question, v Value) verdict {
	for _, code := range v.Items() {
		if i, ok := q.byCode[code]; ok && q.Choices[i].Goto != "" {
			return verdict{to: q.Choices[i].Goto}
		}
	}
	return goOn
}

// choices are the options as shown to this doctor now.
func (t *turn) choices(f *Frame, s *Step) *answer.Choices {
	q := s.Body.(*Question)
	if q.Unknown == nil && !q.dynamic() && t.ownWords() {
		return q.reader
	}
	visible := make([]int, 0, len(q.Choices))
	for i := range q.Choices {
		if w := q.Choices[i].When; w == nil || t.holds(f, w) {
			visible = append(visible, i)
		}
	}
	if q.Shuffle {
		t.shuffle(q, visible, f.Flow, s.ID)
	}
	opts := t.e.lib.options(q.Choices, visible)
	if q.Unknown != nil {
		opts = append(opts, answer.Option{Code: unknownCode, Label: q.Unknown.Label, Aka: q.Unknown.Aka, Only: true, Last: true})
	}
	return t.e.lib.reader.Choices(opts)
}

// ownWords reports that the tables of the pending flow know the synonyms in force: those of an older version were made with others, or with none.
func (t *turn) ownWords() bool {
	flow, now := t.topFlow(), t.e.lib
	return flow == nil || flow.lib == now || len(flow.lib.config.synonyms)+len(now.config.synonyms) == 0
}

// shuffle orders the options by a number drawn from doctor and question; options marked last stay at the end in their order.
func (t *turn) shuffle(q *Question, visible []int, flow, id string) {
	seed := t.seed(flow, id)
	rank := func(i int) uint64 { return drawn(seed, q.Choices[i].Code) }
	slices.SortStableFunc(visible, func(a, b int) int {
		la, lb := q.Choices[a].Last, q.Choices[b].Last
		switch {
		case la != lb && la:
			return 1
		case la != lb:
			return -1
		case la:
			return a - b
		case rank(a) < rank(b):
			return -1
		case rank(a) > rank(b):
			return 1
		}
		return a - b
	})
}

// prompt says what is being waited for, and prompted returns it.
func (t *turn) prompt() { t.say(t.prompted()) }

func (t *turn) prompted() string {
	if t.st.Ask != nil {
		return t.askText()
	}
	s, f := t.pendingStep(), t.top()
	if s == nil {
		return ""
	}
	q := s.Body.(*Question)
	switch f.Mode {
	case modeValue:
		return t.readBack(f, s)
	case modeKnown:
		return t.knownText(f, s)
	case modePick:
		return t.fill("pick_one") + "\n" + t.candidates(f, q)
	case modeText:
		if c := q.wanting(f.Draft); c != nil {
			return c.Text
		}
	}
	text := ""
	if q.Ask != nil {
		text = t.render(f, q.Ask)
	}
	if more := q.kind.print(t, f, s); more != "" {
		text += "\n" + more
	}
	switch {
	case q.Unknown == nil:
	case q.Type == "consent":
		text += "\n" + q.Unknown.Label
	case q.Type == "yesno" && q.Form != "plain":
		text += "\n3. " + q.Unknown.Label
	}
	return text
}

func (t *turn) yesNoList() string {
	return "1. " + t.e.lib.line("yes") + "\n2. " + t.e.lib.line("no")
}

// readBack asks whether a value is meant.
func (t *turn) readBack(f *Frame, s *Step) string {
	q := s.Body.(*Question)
	label := t.gotLabel(q, &f.Draft.Got)
	if q.Confirm != nil {
		return t.renderWith(f, q.Confirm, map[string]labelled{s.ID: {f.Draft.V, label}, "answer": {cond.Text(f.Draft.Raw), f.Draft.Raw}})
	}
	return t.fill("read_back", "label", label)
}

// candidates prints the options that a text may have meant.
func (t *turn) candidates(f *Frame, q *Question) string {
	var b strings.Builder
	for i, o := range t.candidateOptions(f, q) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(itoa(i+1) + ". " + o.Label)
	}
	return b.String()
}

func (t *turn) candidateOptions(f *Frame, q *Question) []answer.Option {
	out := make([]answer.Option, 0, len(f.Cand))
	choices, byCode := t.lookupChoices(q)
	for _, code := range f.Cand {
		i, ok := byCode[code]
		if !ok {
			continue
		}
		o := answer.Option{Code: code, Label: choices[i].Label, Aka: choices[i].Aka}
		if city := choices[i].extra["city"]; city != "" && q.Type == "lookup" {
			o.Label = t.fill("candidate_city", "label", o.Label, "value", city)
		}
		out = append(out, o)
	}
	return out
}

// lookupChoices are the entries of a question; long lists come from the folder in force when the pinned version lacks them.
func (t *turn) lookupChoices(q *Question) ([]Choice, map[string]int) {
	if list := t.fedList(q); list != nil {
		return list.Items, list.byCode
	}
	if len(q.Choices) == 0 && q.List != "" {
		if list := t.e.lib.lists[q.List]; list != nil {
			return list.Items, list.byCode
		}
	}
	return q.Choices, q.byCode
}

// gotLabel prints an answer for people.
func (t *turn) gotLabel(q *Question, g *Got) string {
	switch {
	case g == nil:
		return ""
	case g.L != "":
		return g.L
	case g.Unknown && q.Unknown != nil:
		return q.Unknown.Label
	case q.kind == nil:
		return g.V.Str()
	}
	return q.kind.label(t.e, q, g.V)
}

// askText is the engine's own question.
func (t *turn) askText() string {
	switch {
	case t.st.Ask.Kind == "offer":
		return t.fill("offer_again") + "\n" + t.yesNoList()
	case t.st.Ask.List != nil:
		return t.listed(t.st.Ask)
	}
	return t.fill(t.st.Ask.Name+"_ask") + "\n" + t.yesNoList()
}
