package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// saidDir is the folder of translations: i18n/<flow>.<lang>.yaml, i18n/<list>.<lang>.yaml and i18n/_config.<lang>.yaml.
const saidDir = "i18n/"

// defaultsFile is what places call the built-in words.
const defaultsFile = "defaults.yaml"

// translation is one file of translations.
type translation struct {
	file   *lint.File
	lang   string
	flow   string // what it translates: a flow, a list, or with neither the words of the house
	list   string
	said   map[string]*entry
	order  []string          // keys as written
	of     map[string]string // key → fingerprints of the base text and of the translation when they were compared
	whole  string            // of: one fingerprint of all base texts
	wholly place
}

// entry is one translated text.
type entry struct {
	words []string // of a text one; nil when it is not translated yet
	list  bool
	key   place
	at    place
}

// stands reports that the entry holds a translation.
func (e *entry) stands() bool { return e != nil && len(e.words) > 0 }

// fingerprint names the words of a text.
func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

var reLang = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{2,4})?$`)

// readLangs reads langs: a list of codes, or a map of codes to the words with which a doctor switches to them.
func (c *Config) readLangs(b *binder, o *object, builtIn bool) {
	n := o.keys["langs"]
	if n == nil {
		return
	}
	words := map[string][]string{}
	var codes []*yaml.Node
	if n.Kind == yaml.MappingNode {
		b.pairs(n, func(k, v *yaml.Node) {
			codes = append(codes, k)
			for _, item := range (&object{b: b, keys: map[string]*yaml.Node{k.Value: v}}).items(k.Value) {
				words[k.Value] = append(words[k.Value], b.scalar(item, "langs"))
			}
		})
	} else {
		codes = o.items("langs")
	}
	if builtIn {
		c.speech = words
		return
	}
	c.Langs = nil
	for _, item := range codes {
		code := b.scalar(item, "langs")
		switch {
		case !reLang.MatchString(code):
			b.add(item, "bad_lang", "value", code)
			continue
		case len(words[code]) > 0:
			c.speech[code] = words[code]
		case len(c.speech[code]) == 0 && len(codes) > 1:
			b.add(item, "lang_words", "value", code)
		}
		c.Langs = append(c.Langs, code)
		c.langAt[code] = b.at(item)
	}
}

// languages reads lang and also of a flow.
func (b *binder) languages(o *object, f *Flow) {
	f.langAt = map[string]place{}
	f.Lang = o.plain("lang")
	if f.Lang != "" {
		f.langAt[f.Lang] = b.at(o.keys["lang"])
	}
	for _, n := range o.items("also") {
		code := b.scalar(n, "also")
		if code == "" || code == f.Lang || contains(f.Also, code) {
			b.add(n, "also_twice", "value", code)
			continue
		}
		f.Also = append(f.Also, code)
		f.langAt[code] = b.at(n)
	}
	for code, at := range f.langAt {
		if !reLang.MatchString(code) {
			b.sink.Add(at.file, at.line, at.column, at.width, "bad_lang", "value", code)
		}
	}
}

// speaks reports whether the flow has texts in a language.
func (f *Flow) speaks(lang string) bool { return f.Lang == lang || contains(f.Also, lang) }

// baseLang is the language of the house: the first one of langs.
func (lib *Library) baseLang() string {
	if len(lib.config.Langs) > 0 {
		return lib.config.Langs[0]
	}
	return defaultLang
}

const defaultLang = "zh-CN"

// translated lists the languages beside the one of the house that a flow has.
func (lib *Library) translated() []string {
	seen := map[string]bool{}
	for _, f := range lib.flows {
		for _, code := range append([]string{f.Lang}, f.Also...) {
			if code != "" && code != lib.baseLang() && reLang.MatchString(code) {
				seen[code] = true
			}
		}
	}
	return sortedKeys(seen)
}

// translations reads the files of i18n/ and checks that they translate something.
func (l *loader) translations(names []string) {
	for _, name := range names {
		if !strings.HasPrefix(name, saidDir) {
			continue
		}
		if b, root := l.binder(name); root != nil {
			if tr := l.translation(b, root); tr != nil {
				l.lib.said = append(l.lib.said, tr)
			}
		}
	}
	for _, tr := range l.lib.said { // words that are listened for count in every language: who writes in Chinese may use another word for a rash
		for _, ls := range l.lib.config.listen {
			if e := tr.said["listen."+ls.ID+".words"]; tr.house() && e.stands() {
				ls.words = append(ls.words, e.words...)
			}
		}
	}
}

func (l *loader) translation(b *binder, root *yaml.Node) *translation {
	o := b.object(root, []string{"flow", "list", "lang", "of", "texts"})
	if !o.need("lang", "texts") {
		return nil
	}
	tr := readSaid(b, o)
	want := tr.flow + tr.list
	if tr.house() {
		want = strings.TrimSuffix(configFile, ".yaml")
	}
	if want += "." + tr.lang + ".yaml"; path.Base(tr.file.Name) != want {
		b.add(o.keys["lang"], "file_name", "flow", tr.lang, "file", want)
	}
	switch {
	case tr.flow != "" && l.lib.flows[tr.flow] == nil:
		b.add(o.keys["flow"], "unknown_flow", "name", tr.flow, "near", cond.Nearest(tr.flow, l.lib.flowNames()))
		return nil
	case tr.list != "" && l.lib.lists[tr.list] == nil:
		b.add(o.keys["list"], "unknown_list", "name", tr.list, "near", cond.Nearest(tr.list, l.lib.listNames()))
		return nil
	case tr.flow != "" && !l.lib.flows[tr.flow].speaks(tr.lang):
		f := l.lib.flows[tr.flow]
		b.add(o.keys["lang"], "not_also", "value", tr.lang, "near", cond.Nearest(tr.lang, f.Also), "flow", f.ID)
		return nil
	}
	l.known(b, tr)
	return tr
}

// house tells the words of the house from those of a flow or list.
func (tr *translation) house() bool { return tr.flow == "" && tr.list == "" }

// slots are the texts that a file translates, as they stand in a library.
func (tr *translation) slots(lib *Library) []slot {
	switch {
	case tr.flow != "":
		if f := lib.flows[tr.flow]; f != nil {
			return f.slots()
		}
	case tr.list != "":
		if list := lib.lists[tr.list]; list != nil {
			return list.slots()
		}
	default:
		return lib.houseSlots()
	}
	return nil
}

// known files keys that no text has.
func (l *loader) known(b *binder, tr *translation) {
	lists := map[string]bool{}
	keys := []string{}
	for _, s := range tr.slots(l.lib) {
		keys, lists[s.key] = append(keys, s.key), s.list
	}
	for _, key := range tr.order {
		e := tr.said[key]
		isList, ok := lists[key]
		if base, cut := strings.CutSuffix(key, ".aka"); !ok && cut { // words of its own for an option that has none in the base language
			_, ok = lists[base]
			isList = true
		}
		switch {
		case !ok && !l.lib.partial:
			l.sink.Add(b.file, e.key.line, e.key.column, e.key.width, "unknown_text", "key", key, "near", cond.Nearest(key, keys))
		case e.list && !isList:
			l.sink.Add(b.file, e.at.line, e.at.column, e.at.width, "want_text", "key", key)
			delete(tr.said, key)
		}
	}
	tr.order = slices.DeleteFunc(tr.order, func(key string) bool { return tr.said[key] == nil })
}

// readSaid reads the texts and fingerprints of a file.
func readSaid(b *binder, o *object) *translation {
	tr := &translation{file: b.file, lang: o.plain("lang"), flow: o.word("flow"), list: o.word("list"), said: map[string]*entry{},
		of: map[string]string{}}
	if n := o.keys["of"]; n != nil && n.Kind == yaml.ScalarNode {
		tr.whole, tr.wholly = n.Value, b.at(n)
	} else if n != nil {
		b.pairs(n, func(k, v *yaml.Node) { tr.of[k.Value] = b.scalar(v, k.Value) })
	}
	if o.keys["texts"].Kind == yaml.ScalarNode && o.keys["texts"].Value == "" {
		return tr
	}
	b.pairs(o.keys["texts"], func(k, v *yaml.Node) {
		e := &entry{key: b.at(k), at: b.at(v), list: v.Kind == yaml.SequenceNode}
		if _, twice := tr.said[k.Value]; !twice {
			tr.order = append(tr.order, k.Value)
		}
		tr.said[k.Value] = e
		if !e.list {
			if s := b.scalar(v, k.Value); strings.TrimSpace(s) != "" && len(s) <= maxText {
				e.words = []string{s}
			}
			return
		}
		for _, item := range v.Content {
			if s := b.scalar(item, k.Value); s != "" {
				e.words = append(e.words, s)
			}
		}
	})
	return tr
}
