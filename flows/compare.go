package flows

import (
	"slices"

	"github.com/vrep/vrep/flows/cond"
)

// ChangeKind says what has changed between two versions of a flow.
type ChangeKind string

// Kinds of change.
const (
	QuestionGone ChangeKind = "question_gone" // Step was a question and is none any more
	QuestionNew  ChangeKind = "question_new"  // To is new
	Renamed      ChangeKind = "renamed"       // question Step is most likely called To now
	TypeChanged  ChangeKind = "type"          // Old and New are the types of question Step
	CodeGone     ChangeKind = "code_gone"     // Value was an option of Step
	CodeNew      ChangeKind = "code_new"      // Value is a new option of To
	CodeRenamed  ChangeKind = "code_renamed"  // option Value of Step is most likely called New now
	LabelReused  ChangeKind = "label_reused"  // Old stood for option Value of Step and stands for option New of To now
	SavedType    ChangeKind = "saved_type"    // what Step saves to the portrait is of another kind now: Old and New
	OtherShape   ChangeKind = "shape"         // another fact that decides how a talk goes: Old and New are lines of the canonical form, "" = absent
	OtherText    ChangeKind = "text"          // the same for words
)

// Change is one difference between two versions of a flow.
type Change struct {
	Kind    ChangeKind
	Step    string // id in the old version, "" = none or the flow itself
	To      string // id in the new version
	Value   string // code of an option in the old version, of CodeNew in the new one
	Old     string
	New     string
	File    string // place in the new version: the step, else the flow
	Line    int
	Column  int
	Covered bool // an entry of migrate says what becomes of it

	at place
}

// comparison compares two versions of a flow.
type comparison struct {
	old, now *Flow
	entry    *Migrate // what the new version says about the old one, nil = nothing
	pairs    map[string]string
	out      []Change
}

// Compare lists what has changed between two versions of a flow: questions, options and saved fields with their meaning, everything else as facts of the
// canonical form. Two versions of the same hash have no changes.
func Compare(old, now *Flow) []Change {
	c := &comparison{old: old, now: now, entry: now.entry(old), pairs: map[string]string{}}
	c.questions()
	c.facts()
	return c.out
}

func (c *comparison) add(x Change) {
	x.at = c.now.place
	if s := c.now.anyStep(x.To); s != nil {
		x.at = s.at
	}
	if x.at.file != nil {
		x.File, x.Line, x.Column = x.at.file.Name, x.at.line, x.at.column
	}
	c.out = append(c.out, x)
}

// anyStep is a step of an id, in the flow or in its blocks; nil when there is none.
func (f *Flow) anyStep(id string) *Step {
	var out *Step
	f.Walk(func(_ *Flow, s *Step) {
		if id != "" && s.ID == id && out == nil {
			out = s
		}
	})
	return out
}

// settled reports an entry that leaves nothing to say: older talks stay as they are, or begin again.
func (c *comparison) settled() bool { return c.entry != nil && c.entry.Policy != PolicyMove }

// questions pairs the questions of both versions, by id, by migrate, or by what they say.
func (c *comparison) questions() {
	ids := questionIDs(c.now)
	var gone []string
	for _, id := range questionIDs(c.old) {
		switch to := c.named(id); {
		case contains(ids, to) && (c.entry == nil || !c.entry.dropped(id)):
			c.pairs[id] = to
		default:
			gone = append(gone, id)
		}
	}
	taken := func(id string) bool { return slices.Contains(sortedValues(c.pairs), id) }
	for _, id := range gone {
		covered := c.settled() || c.entry != nil && c.entry.dropped(id)
		i := slices.IndexFunc(ids, func(to string) bool {
			return !taken(to) && c.old.question(to) == nil && sayAlike(c.old.question(id), c.now.question(to))
		})
		if i < 0 || c.entry != nil && c.entry.dropped(id) {
			c.add(Change{Kind: QuestionGone, Step: id, Covered: covered})
			continue
		}
		c.pairs[id] = ids[i]
		c.add(Change{Kind: Renamed, Step: id, To: ids[i], Covered: covered})
	}
	for _, id := range questionIDs(c.old) {
		if to, ok := c.pairs[id]; ok {
			c.question(id, to)
		}
	}
	for _, to := range ids {
		if !taken(to) {
			c.add(Change{Kind: QuestionNew, To: to, Covered: true})
		}
	}
}

func (c *comparison) named(id string) string {
	if c.entry == nil {
		return id
	}
	return c.entry.renamed(id)
}

func sortedValues(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// sayAlike reports two questions that ask the same in the same words, or offer the same options.
func sayAlike(a, b *Question) bool {
	if a == nil || b == nil || a.Type != b.Type {
		return false
	}
	if a.Ask.Source() == b.Ask.Source() {
		return true
	}
	return len(a.Choices) > 1 && slices.Equal(codesOf(a.Choices), codesOf(b.Choices)) && slices.EqualFunc(a.Choices, b.Choices, func(x, y Choice) bool { return x.Label == y.Label })
}

// question compares two versions of one question.
func (c *comparison) question(id, to string) {
	was, is := c.old.question(id), c.now.question(to)
	if was.Type != is.Type {
		c.add(Change{Kind: TypeChanged, Step: id, To: to, Old: was.Type, New: is.Type, Covered: c.settled()})
	}
	if was.kind == nil || is.kind == nil {
		return
	}
	if a, b := valueKind(was), valueKind(is); a != b && (was.Save != "" || is.Save != "") {
		c.add(Change{Kind: SavedType, Step: id, To: to, Old: a.String(), New: b.String()})
	}
	if was.Type == "lookup" || is.Type == "lookup" {
		return
	}
	c.codes(id, to, was, is)
	old := *was
	old.Choices = slices.Clone(was.Choices)
	for i := range old.Choices {
		old.Choices[i].Code = c.code(to, old.Choices[i].Code)
	}
	for _, pair := range reused(&old, is) {
		label := old.Labels[0]
		if i := slices.Index(codesOf(old.Choices), pair[0]); i >= 0 {
			label = old.Choices[i].Label
		}
		c.add(Change{Kind: LabelReused, Step: id, To: to, Value: pair[0], Old: label, New: pair[1]})
	}
}

// valueKind is what the values of a question are.
func valueKind(q *Question) cond.Kind { return q.kind.typ(q).Kind }

func (c *comparison) code(to, code string) string {
	if c.entry == nil {
		return code
	}
	return c.entry.value(to, cond.Text(code)).Str()
}

// codes compares the options of a question.
func (c *comparison) codes(id, to string, was, is *Question) {
	now := codesOf(is.Choices)
	var came []string
	for i := range was.Choices {
		came = append(came, c.code(to, was.Choices[i].Code))
	}
	for i := range was.Choices {
		x := &was.Choices[i]
		if contains(now, came[i]) {
			continue
		}
		k := slices.IndexFunc(is.Choices, func(n Choice) bool { return n.Label == x.Label && !contains(came, n.Code) })
		if k < 0 {
			c.add(Change{Kind: CodeGone, Step: id, To: to, Value: x.Code, Old: x.Label, Covered: c.settled()})
			continue
		}
		came[i] = now[k]
		c.add(Change{Kind: CodeRenamed, Step: id, To: to, Value: x.Code, Old: x.Label, New: now[k], Covered: c.settled()})
	}
	for i := range is.Choices {
		if x := &is.Choices[i]; !contains(came, x.Code) {
			c.add(Change{Kind: CodeNew, Step: id, To: to, Value: x.Code, New: x.Label, Covered: true})
		}
	}
}

// reused lists the words that stood for one option of a question and stand for another one now, as pairs of codes. An option that only has another code
// is not meant: the old code is gone and the new one was not there.
func reused(was, is *Question) [][2]string {
	var out [][2]string
	before, after := codesOf(was.Choices), codesOf(is.Choices)
	now := map[string]string{}
	for i := range is.Choices {
		now[is.Choices[i].Label] = is.Choices[i].Code
	}
	for i := range was.Choices {
		c := &was.Choices[i]
		if code, ok := now[c.Label]; ok && code != c.Code && (contains(after, c.Code) || contains(before, code)) {
			out = append(out, [2]string{c.Code, code})
		}
	}
	if was.Labels[0] != "" && (was.Labels[0] == is.Labels[1] || was.Labels[1] == is.Labels[0]) {
		out = append(out, [2]string{"yes", "no"})
	}
	return out
}
