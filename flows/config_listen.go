package flows

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// maxForm is the longest regular expression of a listener, in bytes.
const maxForm = 256

var reFormLike = regexp.MustCompile(`\\[dwsDWSb.]|\.[*+]|\[[^\]]+\][+*{]|\[\d-\d\]|[)\]][?*+{]|\^|\$$|\(\?|\|`)

// hearing reads one entry of when_text: a word, or a regular expression (RE2, which cannot run away) between strokes.
func (b *binder) hearing(ls *listener, n *yaml.Node) {
	s := b.scalar(n, "when_text")
	inner, ok := strings.CutSuffix(strings.TrimPrefix(s, "/"), "/")
	if !ok || len(s) < 3 || s[0] != '/' {
		switch {
		case n.Kind == yaml.ScalarNode && s == "":
			b.add(n, "empty_text", "key", "when_text")
		case s != "":
			if reFormLike.MatchString(s) {
				b.add(n, "form_like", "text", s)
			}
			ls.words = append(ls.words, s)
		}
		return
	}
	re, err := regexp.Compile(inner)
	if err != nil || len(inner) > maxForm || re.MatchString("") {
		b.add(n, "bad_form", "max", itoa(maxForm))
		re = regexp.MustCompile(regexp.QuoteMeta(s)) // filed; what follows from it is no further mistake
	}
	ls.forms = append(ls.forms, re)
}

// hears reports whether a text holds one of the words or forms, as typed or as the answer reader folds it.
func (ls *listener) hears(r *answer.Reader, text string) bool {
	if ls.hear.Hear(text).Found {
		return true
	}
	if len(ls.forms) == 0 {
		return false
	}
	folded := r.Normalise(text)
	return slices.ContainsFunc(ls.forms, func(re *regexp.Regexp) bool { return re.MatchString(text) || re.MatchString(folded) })
}

// link gives the fixed lines their meaning and checks what the listeners refer to.
func (c *Config) link(lib *Library, s *lint.Sink) {
	report := func(at place, key string, args ...string) {
		if at.file != nil {
			s.Add(at.file, at.line, at.column, at.width, key, args...)
		}
	}
	names := textNames("ae.no", "left", "answer", "value", "label", "got", "min", "max", "low", "high", "yes", "no", "want", "unit", "from", "to",
		"chosen", "missing", "extra", "side", "reason", "day1", "day2", "time", "time1", "time2", "field", "step")
	for name := range c.texts {
		names[name] = cond.Type{}
	}
	sc := with{newScope(lib, nil), names}
	for _, name := range sortedKeys(c.texts) {
		c.texts[name].link(sc, lib.funcs, report)
	}
	for _, name := range sortedKeys(c.retries) {
		for _, t := range c.retries[name] {
			t.link(sc, lib.funcs, report)
		}
	}
	for _, name := range commandNames {
		if cmd := c.commands[name]; cmd != nil && cmd.say != nil {
			cmd.say.link(sc, lib.funcs, report)
		}
	}
	c.linkEndings(lib, sc, report)
	for _, ls := range c.listen {
		if ls.Say != nil {
			ls.Say.link(sc, lib.funcs, report)
		}
		if lib.partial {
			continue
		}
		flows := append([]string{}, ls.UnlessIn...)
		for i, id := range append(flows, ls.Call) {
			at := ls.unlessAt
			if i == len(flows) {
				at = ls.callAt
			}
			if id != "" && lib.flows[id] == nil {
				report(at, "unknown_flow", "name", id, "near", cond.Nearest(id, lib.flowNames()))
			}
		}
	}
}

// text returns a fixed line; a missing one is the name itself, which a test of the defaults excludes.
func (c *Config) text(name string) *Text {
	if t := c.texts[name]; t != nil {
		return t
	}
	return &Text{src: name, parts: []part{{lit: name}}}
}

// line is a fixed line without placeholders.
func (lib *Library) line(name string) string {
	return strings.TrimRight(lib.config.text(name).src, "\n")
}

// CommandNames lists the commands of a talk that a doctor can type, in the order of the guide.
func CommandNames() []string { return slices.Clone(flowCommandNames) }

// RightNames lists the commands by which a doctor uses what the law gives him.
func RightNames() []string { return slices.Clone(rights) }

// CommandWords lists the words of all commands, for lint and help pages.
func (lib *Library) CommandWords() map[string][]string {
	out := map[string][]string{}
	for name, cmd := range lib.config.commands {
		out[name] = slices.Clone(cmd.words)
	}
	return out
}

// readSynonyms reads words: word: [others that mean the same here].
func (c *Config) readSynonyms(b *binder, n *yaml.Node) {
	o := b.object(n, orKeys(nil, n))
	for _, word := range sortedKeys(o.keys) {
		if others := o.words(word); len(others) > 0 {
			key := b.reader.Normalise(word)
			c.synonyms[key] = append(c.synonyms[key], others...)
		}
	}
}

// aka are the further words of an option: its own, and what the house says means the same as its label or one of them.
func (lib *Library) aka(label string, own []string) []string {
	if lib.config == nil || len(lib.config.synonyms) == 0 {
		return own
	}
	out, seen := slices.Clone(own), map[string]bool{}
	for _, word := range append([]string{label}, own...) {
		seen[lib.reader.Normalise(word)] = true
	}
	for _, word := range append([]string{label}, own...) {
		for _, other := range lib.config.synonyms[lib.reader.Normalise(word)] {
			if n := lib.reader.Normalise(other); !seen[n] {
				seen[n] = true
				out = append(out, other)
			}
		}
	}
	return out
}

// commandIn recognises a command word; a flow may have words of its own for some commands, which then stand for those of the house.
func (lib *Library) commandIn(f *Flow, text string) (string, bool) {
	if f != nil && f.words != nil {
		if name, ok := f.words.Match(text); ok {
			return name, true
		}
	}
	name, ok := lib.config.words.Match(text)
	if ok && f != nil && contains(f.reworded, name) {
		return "", false
	}
	return name, ok
}
