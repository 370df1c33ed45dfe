package flows

import (
	"embed"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/lint"
)

//go:embed defaults.*.yaml
var defaultsSaid embed.FS

// shared takes over from the library as written what has no words of its own in another language: contents, rules, prices and lists that are only
// looked up or not translated. True means that the file need not be read again.
func (l *loader) shared(name string) bool {
	from := l.lib.origin
	if from == nil {
		return false
	}
	switch {
	case name == contentsFile:
		l.lib.contents, l.lib.byContent = from.contents, from.byContent
	case name == rulesFile:
		l.lib.rules = from.rules
	case name == classesFile:
		l.lib.classes = from.classes
	case name == pricesFile:
		l.lib.prices = from.prices
	case strings.HasPrefix(name, listsDir):
		for id, list := range from.lists {
			if list.file == name && !slices.ContainsFunc(from.said, func(tr *translation) bool { return tr.list == id }) {
				l.lib.lists[id] = list
				return true
			}
		}
		return false
	default:
		return false
	}
	return true
}

// speak puts the words of a language in place of those of the library as written. Words that are missing stay as they were: lint has named them.
func (l *loader) speak(lang string) {
	from := l.lib.origin
	l.lib.said = nil
	if tr := builtIn(l.lib, lang); tr != nil {
		tr.put(l.lib)
	}
	for _, tr := range from.said {
		if tr.lang == lang {
			tr.put(l.lib)
		}
	}
	for _, ls := range l.lib.config.listen { // heard in every language
		for _, old := range from.config.listen {
			if old.ID == ls.ID {
				ls.words = old.words
			}
		}
	}
	l.lib.asks = map[string]*Question{}
	for _, id := range l.lib.flowNames() {
		f := l.lib.flows[id]
		f.Walk(func(_ *Flow, s *Step) {
			if q, ok := s.Body.(*Question); ok && q.Save != "" && q.kind != nil && q.kind.choices && f.speaks(lang) && l.lib.asks[q.Save] == nil {
				l.lib.asks[q.Save] = q
			}
		})
		f.reworded = nil // the words of the house in this language count beside those of the flow
	}
}

// builtIn is the translation of the built-in words, nil when there is none for the language.
func builtIn(lib *Library, lang string) *translation {
	name := "defaults." + lang + ".yaml"
	data, err := defaultsSaid.ReadFile(name)
	if err != nil {
		return nil
	}
	b, root := lib.fileBinder(name, data, &lint.Sink{})
	if root == nil {
		return nil
	}
	return readSaid(b, b.object(root, []string{"lang", "texts"}))
}

// put replaces the words of the library by those of the file. Command words of the base language go on counting.
func (tr *translation) put(lib *Library) {
	for _, s := range tr.slots(lib) {
		e := tr.said[s.key]
		if !e.stands() {
			continue
		}
		words := e.words
		if strings.HasPrefix(s.key, "commands.") && s.list {
			words = append(strings.Split(s.src, "\n"), words...)
		}
		s.put(words, e.at)
	}
	tr.further(lib)
}

// further gives options words that are matched where the base language has none.
func (tr *translation) further(lib *Library) {
	give := func(prefix string, list []Choice) {
		for i := range list {
			if e := tr.said[prefix+list[i].Code+".aka"]; e.stands() && len(list[i].Aka) == 0 {
				list[i].Aka = e.words
			}
		}
	}
	if list := lib.lists[tr.list]; list != nil {
		give("", list.Items)
	}
	f := lib.flows[tr.flow]
	if f == nil {
		return
	}
	f.Walk(func(in *Flow, s *Step) {
		if q, ok := s.Body.(*Question); ok && s.ID != "" && q.List == "" {
			give(in.keyPrefix()+s.ID+".choices.", q.Choices)
		}
	})
}

// keyPrefix stands before the keys of the steps of a block.
func (f *Flow) keyPrefix() string {
	if f.block == nil {
		return ""
	}
	return f.outer.keyPrefix() + f.block.ID + "."
}

// inTranslations keeps the findings that stand in files of translations: the others were filed when the library was read as written.
func inTranslations(ps []Problem) []Problem {
	return slices.DeleteFunc(ps, func(p Problem) bool { return !strings.HasPrefix(p.File, saidDir) })
}

// in is the flow in a language, the flow as written when it has none.
func (f *Flow) in(lang string) *Flow {
	lib := f.lib.written()
	if lang != "" && lib.spoken[lang] != nil {
		lib = lib.spoken[lang]
	}
	if same := lib.flows[f.ID]; same != nil {
		return same
	}
	return f
}

// translationsOf are the files that translate a flow and the lists that it prints.
func (lib *Library) translationsOf(f *Flow) []*translation {
	lists := map[string]bool{}
	f.Walk(func(_ *Flow, s *Step) {
		if q, ok := s.Body.(*Question); ok && q.Type != "lookup" && q.List != "" {
			lists[q.List] = true
		}
	})
	var out []*translation
	for _, tr := range lib.said {
		if tr.flow == f.ID || lists[tr.list] {
			out = append(out, tr)
		}
	}
	return out
}

// written is the library as its files say, also when asked of a copy in another language.
func (lib *Library) written() *Library {
	if lib.origin != nil {
		return lib.origin
	}
	return lib
}
