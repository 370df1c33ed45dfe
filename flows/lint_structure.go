package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// checkStructure: too many options for one question, listeners without words.
func checkStructure(c *checker) {
	c.questions(func(_ *Flow, s *Step, q *Question) {
		if q.Type == "lookup" {
			return
		}
		at := q.choices
		if at.file == nil {
			at = s.at
		}
		switch n := len(q.Choices); {
		case n > 9:
			c.add(at, "too_many_choices", "n", itoa(n))
		case n > 8:
			c.add(at, "many_choices", "n", itoa(n))
		}
	})
	c.recordNames()
	for _, ls := range c.lib.config.listen {
		if len(ls.words)+len(ls.forms) == 0 && ls.Do != "report" {
			c.add(ls.at, "listener_words")
		}
	}
}

// recordNames files questions whose name in the records would be wider than its column, with two figures for rounds and runs.
func (c *checker) recordNames() {
	c.questions(func(f *Flow, s *Step, _ *Question) {
		name := s.ID
		for in := f; in.block != nil; in = in.outer {
			name = in.block.ID + "[" + itoa(maxRounds) + "]." + name
		}
		if name = f.ID + "[10]." + name; len(name) > maxQuestionID {
			c.add(s.at.find(s.ID), "record_too_long", "name", name, "n", itoa(len(name)), "max", itoa(maxQuestionID))
		}
	})
}

// checkTriggers: flows that start after one which does not exist, and flows that start on the same thing.
func checkTriggers(c *checker) {
	c.sameTrigger()
	for _, f := range c.lib.Flows() {
		for _, t := range f.Start.On {
			if t.Kind == "after" && c.lib.flows[t.Key] == nil {
				c.add(t.at, "unknown_trigger", "name", t.Key, "near", cond.Nearest(t.Key, c.lib.flowNames()))
			}
		}
	}
}

// sameTrigger files two flows on one trigger when neither a condition nor the priority tells them apart.
func (c *checker) sameTrigger() {
	first := map[string]*Flow{}
	for _, f := range c.lib.Flows() {
		if f.Start.When != nil {
			continue
		}
		for _, t := range f.Start.On {
			key := t.Key
			if t.Kind == "word" {
				key = t.word
			}
			key = t.Kind + ":" + key + ":" + itoa(f.Start.Priority)
			if other := first[key]; other != nil && other != f {
				c.add(t.at, "same_trigger", "trigger", strings.TrimSuffix(t.Kind+":"+t.Key, ":"), "a", other.ID, "b", f.ID)
			}
			first[key] = f
		}
	}
}

// checkApproval: titles and review numbers that are missing or no longer valid, of flows and of contents.
func checkApproval(c *checker) {
	for _, f := range c.lib.Flows() {
		a := f.Approval
		if f.Title == "" && !contains(f.meant, "title") {
			c.add(place{f.place.file, f.place.line, f.place.column, 1}, "missing_key", "key", "title")
		}
		switch {
		case a.No == "" && !strings.HasPrefix(f.file, "demo/") && !contains(f.meant, "approval"):
			c.add(place{f.place.file, f.place.line, f.place.column, 1}, "no_approval")
		case a.No != "":
			c.until(a.at, a.No, a)
		}
	}
	for _, item := range c.lib.contents {
		if !item.Until.IsZero() {
			c.until(item.at, item.ApprovalNo, Approval{Until: item.Until})
		}
	}
}

func (c *checker) until(at place, no string, a Approval) {
	if a.Until.IsZero() {
		return
	}
	day := a.Until.Format("2006-01-02")
	switch {
	case dayOver(a.Until, c.now):
		c.add(at, "approval_over", "no", no, "until", day)
	case dayOver(a.Until, c.now.AddDate(0, 0, 30)):
		c.add(at, "approval_soon", "no", no, "until", day)
	}
}

// checkClasses: a classification without else, or with rules that are never reached.
func checkClasses(c *checker) {
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			if body, ok := s.Body.(*ClassifyStep); ok {
				c.classRules(body.Rules, body.at)
			}
		}
	}
	if c.lib.rules == nil {
		return
	}
	for _, list := range c.lib.rules.classes {
		if len(list.rules) > 0 {
			c.classRules(list.rules, list.rules[0].at)
		}
	}
}

func (c *checker) classRules(rules []ClassRule, at place) {
	for _, i := range hiddenRules(rules) {
		c.add(rules[i].at, "hidden_rule", "name", rules[i].Value)
	}
	if len(rules) > 0 && !slices.ContainsFunc(rules, func(r ClassRule) bool { return r.When == nil }) {
		c.add(at, "no_else")
	}
}

// hiddenRules are the positions of rules behind one that holds wherever they hold.
func hiddenRules(rules []ClassRule) []int {
	var out []int
	seen := map[string]bool{}
	var before []simple
	closed := false
	for i, r := range rules {
		src := ""
		if r.When != nil {
			src = oneSpace(r.When.src)
		}
		now, plain := simpleOf(src)
		plain = plain && r.When != nil
		if closed || (src != "" && seen[src]) || (plain && slices.ContainsFunc(before, func(b simple) bool { return b.covers(now) })) {
			out = append(out, i)
		}
		if plain {
			before = append(before, now)
		}
		seen[src] = true
		closed = closed || r.When == nil
	}
	return out
}
