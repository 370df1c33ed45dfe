package flows

import (
	"maps"
	"slices"
	"strings"
)

// slot is one text that a doctor reads (or, of a list, the words that are matched against what doctors type), under a key that stays when the words
// change. It exists twice: in the flow as written, where it says what there is to translate, and in the copy for another language, where put replaces
// the words.
type slot struct {
	key      string
	src      string   // the words of the base language; of a list one a line
	list     bool     // further words of an option, words of a command: not printed
	optional bool     // need not be translated
	at       place    // where the base words stand
	names    []string // what the placeholders print, sorted; known after linking
	put      func(words []string, at place)
}

// slots collects the texts of one file in the order in which they are read.
type slots struct{ all []slot }

func (c *slots) text(key string, x *Text) {
	if x == nil {
		return
	}
	c.all = append(c.all, slot{key: key, src: x.src, at: x.at, names: x.looksAt(), put: func(words []string, at place) { x.src, x.at = words[0], at }})
}

// texts collects the entries of a list; one alone goes without a number.
func (c *slots) texts(key string, xs []*Text, numbered bool) {
	for i, x := range xs {
		if numbered || len(xs) > 1 {
			c.text(key+"."+itoa(i), x)
		} else {
			c.text(key, x)
		}
	}
}

func (c *slots) word(key string, w *string, at place) {
	if *w == "" {
		return
	}
	c.all = append(c.all, slot{key: key, src: *w, at: at, put: func(words []string, _ place) { *w = words[0] }})
}

func (c *slots) words(key string, list *[]string, at place) {
	if len(*list) == 0 {
		return
	}
	c.all = append(c.all, slot{key: key, src: strings.Join(*list, "\n"), list: true, optional: true, at: at, put: func(words []string, _ place) { *list = words }})
}

// slots are the texts of a flow. A step with an id gives its id to the keys of its texts. One without an id is counted from the named step before it:
// consent+1 is the first step with texts after consent, +1 the first one of the file. The steps of a block stand behind its id.
func (f *Flow) slots() []slot {
	c := &slots{}
	for i, r := range f.Remind {
		c.text("remind."+itoa(i), r.Say)
	}
	c.steps(f, "")
	return c.all
}

func (c *slots) steps(f *Flow, prefix string) {
	last, n := "", 0
	for _, s := range f.Steps {
		if f.block != nil && s.ID == anotherName && f.block.Body.(*BlockStep).Another != nil {
			continue // the engine's own question: its words are the block's
		}
		if s.ID != "" {
			last, n = s.ID, 0
			c.step(prefix+s.ID, s)
			continue
		}
		before := len(c.all)
		if c.step(prefix+last+"+"+itoa(n+1), s); len(c.all) > before {
			n++
		}
	}
}

// step collects what a step says to the doctor. Notes of leads, notices and arguments are read by the house and stay as they are.
func (c *slots) step(name string, s *Step) {
	switch body := s.Body.(type) {
	case *SayStep:
		c.texts(name+".say", body.Texts, false)
		if body.Link != nil {
			c.word(name+".link", &body.Link.Title, s.at)
		}
	case *Question:
		c.question(name, s, body)
	case *HandoffStep:
		c.text(name+".say", body.Say)
	case *AnswerStep:
		c.text(name+".text", body.Text)
	case *BlockStep:
		c.text(name+".another", body.Another)
		c.steps(body.Inner, name+".")
	}
}

func (c *slots) question(name string, s *Step, q *Question) {
	c.text(name+".ask", q.Ask)
	if q.List == "" {
		c.choices(name+".choices.", q.Choices)
	}
	for i, key := range []string{"yes", "no"} {
		c.word(name+".labels."+key, &q.Labels[i], s.at)
	}
	if len(q.Ends) == 2 {
		c.word(name+".ends.low", &q.Ends[0], s.at)
		c.word(name+".ends.high", &q.Ends[1], s.at)
	}
	if q.Type != "duration" {
		c.word(name+".unit", &q.Unit, s.at)
	}
	if q.Unknown != nil {
		c.word(name+".unknown", &q.Unknown.Label, s.at)
		c.words(name+".unknown.aka", &q.Unknown.Aka, s.at)
		c.text(name+".unknown.probe", q.Unknown.Probe)
	}
	for i := range q.Check {
		c.text(name+".check."+itoa(i), q.Check[i].Say)
	}
	c.text(name+".pattern", q.OffForm)
	c.texts(name+".retry", q.Retry, true)
	c.text(name+".confirm", q.Confirm)
	c.text(name+".help", q.Help)
}

func (c *slots) choices(prefix string, list []Choice) {
	for i := range list {
		o := &list[i]
		c.word(prefix+o.Code, &o.Label, o.at)
		if n := len(c.all); n > 0 { // findings about an option stand at its translation
			put := c.all[n-1].put
			c.all[n-1].put = func(words []string, at place) {
				put(words, at)
				o.at = at
			}
		}
		c.words(prefix+o.Code+".aka", &o.Aka, o.at)
		c.word(prefix+o.Code+".text", &o.Text, o.at)
		c.text(prefix+o.Code+".say", o.Say)
	}
}

// slots are the texts of a shared list.
func (l *List) slots() []slot {
	c := &slots{}
	c.choices("", l.Items)
	return c.all
}

// staffLines are fixed lines that the house reads, not the doctor, and those that other programs print.
var staffLines = []string{
	"handoff_notice", "heard_notice", "unfinished", "passed_on", "safety_example", "evidence_separator", "evidence_known", "evidence_did", "price", "price_until", "price_row", "price_place",
	"price_bid", "price_listed", "price_insured", "price_from", "said_image", "said_voice", "said_location",
}

// houseSlots are the words that all flows share: fixed lines, refusals, commands, listeners, names of portrait fields, names of the house.
func (lib *Library) houseSlots() []slot {
	c, cfg := &slots{}, lib.config
	for _, name := range sortedKeys(cfg.texts) {
		if !contains(staffLines, name) {
			c.text("texts."+name, cfg.texts[name])
		}
	}
	for _, name := range sortedKeys(cfg.retries) {
		c.texts("retries."+name, cfg.retries[name], true)
	}
	for _, name := range commandNames {
		if cmd := cfg.commands[name]; cmd != nil {
			c.words("commands."+name+".words", &cmd.words, place{})
			c.text("commands."+name+".say", cmd.say)
		}
	}
	for _, ls := range cfg.listen {
		c.words("listen."+ls.ID+".words", &ls.words, ls.at)
		c.text("listen."+ls.ID+".say", ls.Say)
	}
	c.fields(lib)
	for _, name := range sortedKeys(cfg.Account) {
		s := slot{src: cfg.Account[name], optional: true, put: func(words []string, _ place) { cfg.spoken[name] = words[0] }}
		s.key = "account." + name
		c.all = append(c.all, s)
	}
	return c.all
}

// fields are the names of portrait fields; those that a question reads back must be translated.
func (c *slots) fields(lib *Library) {
	read := map[string]bool{}
	for _, f := range lib.parts() {
		for _, s := range f.Steps {
			if q, ok := s.Body.(*Question); ok && q.Known == "confirm" && len(f.root().Also) > 0 {
				read[q.Save] = true
			}
		}
	}
	for _, f := range slices.SortedFunc(maps.Values(lib.profile), func(a, b *Field) int { return a.place - b.place }) {
		before := len(c.all)
		c.word("profile."+f.Name, &f.Label, f.at)
		if len(c.all) > before {
			c.all[before].optional = !read[f.Name]
		}
	}
}

// looksAt are the names that the placeholders of a text print or look at, sorted.
func (x *Text) looksAt() []string {
	var out []string
	for i := range x.parts {
		p := &x.parts[i]
		if p.when != nil {
			out = append(out, p.when.Names()...)
		}
		for _, a := range p.alts {
			switch {
			case a.name != "":
				out = append(out, a.name)
			case a.expr != nil:
				out = append(out, a.expr.Names()...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
