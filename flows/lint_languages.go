package flows

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// checkLanguages: languages that the house does not have, texts without a translation, translations of words that have changed, placeholders that
// differ; and in each language options that cannot be told apart and messages that are too long.
func checkLanguages(c *checker) {
	c.codes()
	for _, lang := range c.lib.translated() {
		for _, w := range c.lib.works(lang) {
			c.work(w)
		}
		c.callees(lang)
		in := &checker{lib: c.lib.spoken[lang], now: c.now, sink: c.sink, lang: lang}
		if in.lib == nil {
			continue
		}
		for _, check := range []func(*checker){checkMatch, checkWords, checkLength, checkStretch} {
			check(in)
		}
	}
}

// codes files languages of flows that the house does not have.
func (c *checker) codes() {
	langs := c.lib.Languages()
	for _, f := range c.lib.Flows() {
		for _, code := range sortedKeys(f.langAt) {
			if reLang.MatchString(code) && !contains(langs, code) {
				c.add(f.langAt[code], "unknown_lang", "value", code, "near", cond.Nearest(code, langs))
			}
		}
	}
}

// work is what there is to translate to one language: a flow, a list or the words of the house.
type work struct {
	lang  string
	name  string // id of the flow or list; "" = the words of the house
	list  bool
	at    place // where the language is asked for
	slots []slot
	tr    *translation // nil when there is no file
}

// file is the name of the file that the work belongs into.
func (w work) file() string {
	name := w.name
	if name == "" {
		name = strings.TrimSuffix(configFile, ".yaml")
	}
	return saidDir + name + "." + w.lang + ".yaml"
}

// works lists what there is to translate to a language: the flows that ask for it, the lists that they print, and what the house says in words of its own.
func (lib *Library) works(lang string) []work {
	var out []work
	seen := map[string]bool{}
	for _, f := range lib.Flows() {
		if !contains(f.Also, lang) {
			continue
		}
		out = append(out, work{lang: lang, name: f.ID, at: f.langAt[lang], slots: f.slots()})
		f.Walk(func(_ *Flow, s *Step) {
			q, ok := s.Body.(*Question)
			if !ok || q.List == "" || q.Type == "lookup" || seen[q.List] || lib.lists[q.List] == nil {
				return
			}
			seen[q.List] = true
			out = append(out, work{lang: lang, name: q.List, list: true, at: q.listAt, slots: lib.lists[q.List].slots()})
		})
	}
	out = append(out, lib.houseWork(lang, out))
	for i := range out {
		w := &out[i]
		for _, tr := range lib.said {
			if tr.lang == lang && (w.list && tr.list == w.name || !w.list && tr.flow == w.name && tr.list == "") {
				w.tr = tr
			}
		}
	}
	return slices.DeleteFunc(out, func(w work) bool { return len(w.slots) == 0 })
}

// houseWork is what a house must say itself: everything where the program has no translation of the built-in words, else only its own words.
func (lib *Library) houseWork(lang string, flows []work) work {
	w := work{lang: lang}
	if len(flows) == 0 {
		return w
	}
	w.at = flows[0].at
	known := map[string]bool{}
	if tr := builtIn(lib, lang); tr != nil {
		for key := range tr.said {
			known[key] = true
		}
	}
	for _, s := range lib.houseSlots() {
		if own := s.at.file != nil && s.at.file.Name != defaultsFile; own || !known[s.key] {
			w.slots = append(w.slots, s)
		}
	}
	return w
}

// work files what a translation lacks.
func (c *checker) work(w work) {
	if n := w.lacks(); w.tr == nil && n > 0 {
		c.add(w.at, "no_translation", "what", w.title(), "lang", w.lang, "n", itoa(n), "file", w.file())
		return
	}
	for _, s := range w.slots {
		switch e := w.entry(s); {
		case !e.stands() && !s.optional:
			at := s.at
			if e != nil {
				at = e.key
			} else if at.file == nil {
				at = w.at
			}
			c.add(at, "missing_text", "lang", w.lang, "key", s.key, "file", w.file(), "text", short(s.src))
		case e.stands() && w.stale(s):
			c.add(e.at, "stale_text", "lang", w.lang, "key", s.key, "text", short(s.src))
		}
	}
	if w.tr != nil && w.tr.whole != "" && w.tr.whole != w.whole() {
		c.add(w.tr.wholly, "stale_file", "lang", w.lang)
	}
	c.names(w)
}

func (w work) title() string {
	if w.name == "" {
		return configFile
	}
	return w.name
}

func (w work) entry(s slot) *entry {
	if w.tr == nil {
		return nil
	}
	return w.tr.said[s.key]
}

// lacks counts the texts that have to be translated and are not.
func (w work) lacks() int {
	n := 0
	for _, s := range w.slots {
		if !s.optional && !w.entry(s).stands() {
			n++
		}
	}
	return n
}

// stale reports that the base text has changed since it was translated, and the translation has not.
func (w work) stale(s slot) bool {
	base, own, ok := strings.Cut(w.tr.of[s.key], "-")
	return ok && base != fingerprint(s.src) && own == fingerprint(strings.Join(w.entry(s).words, "\n"))
}

// whole is the fingerprint of all base texts.
func (w work) whole() string {
	var b strings.Builder
	for _, s := range w.slots {
		b.WriteString(s.key + "\n" + s.src + "\n")
	}
	return fingerprint(b.String())
}

// names files placeholders that a translation has and its base text has not, or the other way round.
func (c *checker) names(w work) {
	view := c.lib.spoken[w.lang]
	if view == nil || w.tr == nil {
		return
	}
	said := map[string][]string{}
	for _, s := range w.tr.slots(view) {
		said[s.key] = s.names
	}
	for _, s := range w.slots {
		e := w.entry(s)
		if !e.stands() || slices.Equal(s.names, said[s.key]) {
			continue
		}
		c.add(e.at, "other_names", "key", s.key, "missing", strings.Join(without(s.names, said[s.key]), listMark),
			"extra", strings.Join(without(said[s.key], s.names), listMark))
	}
}

// without lists the names that others do not have.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return contains(others, n) })
}

// short is the beginning of a text on one line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:40]) + "\u2026"
	}
	return s
}

// callees files flows that a translated flow calls and that have no translation.
func (c *checker) callees(lang string) {
	for _, f := range c.lib.Flows() {
		if !contains(f.Also, lang) {
			continue
		}
		f.Walk(func(_ *Flow, s *Step) {
			if body, ok := s.Body.(*CallStep); ok {
				if callee := c.lib.flows[body.Flow]; callee != nil && !callee.speaks(lang) {
					c.add(body.at, "callee_language", "flow", callee.ID, "lang", lang)
				}
			}
		})
	}
}

// inTranslation are the findings that a translation has a rule of its own for.
var inTranslation = map[string]string{"same_choice": "same_choice_in", "shadow_choice": "shadow_choice_in", "numeric_label": "numeric_label_in",
	"stretch_too_long": "stretch_too_long_in"}

// inLanguage turns a finding about a copy of the library into one about the translation; what stands in the file as written was filed with that.
func (c *checker) inLanguage(at place, key string, args []string) (place, string, []string) {
	if own := inTranslation[key]; own != "" {
		key = own
	}
	if at.file == nil {
		return place{}, key, args
	}
	if !strings.HasPrefix(at.file.Name, saidDir) { // a stretch of several texts stands where it becomes too long
		f := c.lib.flows[strings.TrimSuffix(at.file.Name, ".yaml")]
		if key != "stretch_too_long_in" || f == nil || !contains(f.Also, c.lang) {
			return place{}, key, args
		}
	}
	return at, key, append([]string{"lang", c.lang}, args...)
}
