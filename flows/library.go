package flows

import (
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/guard"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// Problem is one finding in the files of a content owner, or a defect of a flow met at run time.
type Problem = lint.Problem

// Library is a checked folder of flows with everything that they need. It is immutable and safe for concurrent use.
type Library struct {
	files     map[string][]byte
	config    *Config
	flows     map[string]*Flow
	order     []*Flow // called flows before their callers
	lists     map[string]*List
	profile   map[string]*Field
	contents  []Content
	prices    []Price
	byContent map[string]int
	rules     *Rules
	classes   *Classes
	reader    *answer.Reader
	guard     *guard.Guard
	funcs     map[string]cond.Function
	kinds     *kinds
	hash      string
	said      []*translation       // files of i18n/
	spoken    map[string]*Library  // the same in other languages, by code; nil in such a copy
	asks      map[string]*Question // in a copy: the question with options that fills a field of the portrait
	origin    *Library             // of such a copy: the library as written

	fieldGroups   []FieldGroup
	strictProfile bool // profile.yaml exists: unknown fields are mistakes
	partial       bool // a bundle: the version of one flow, without the rest of the folder
}

// Load reads and checks a folder: _config.yaml, one file per flow, lists/, i18n/, contents.yaml, rules.yaml, classes.yaml, profile.yaml. All mistakes are returned at
// once, sorted; the library is usable only when none of them is an error (see lint.Blocks). Load does not run the rules of Lint.
func Load(fsys fs.FS) (*Library, []Problem) {
	files, err := readFolder(fsys)
	if err != nil {
		s := &lint.Sink{}
		s.Add(lint.NewFile(".", nil), 1, 1, 1, "unreadable", "error", err.Error())
		return nil, s.All
	}
	lib, found := loadFiles(files, false)
	return lib, lint.Sort(append(found, strays(fsys)...))
}

// sharedReader is the answer reader: immutable tables, made once because they take longer than a whole load.
var sharedReader = sync.OnceValues(answer.New)

// loader carries a load through its passes: read, bind, link, hash.
type loader struct {
	lib  *Library
	sink *lint.Sink
}

func loadFiles(files map[string][]byte, partial bool) (*Library, []Problem) {
	s := &lint.Sink{}
	lib := loadInto(files, partial, s)
	return lib, lint.Sort(s.All)
}

// loadInto loads and files what is wrong in a sink; nil when nothing can be loaded at all. For every language that flows are translated to, it makes a
// copy of the library in that language.
func loadInto(files map[string][]byte, partial bool, s *lint.Sink) *Library {
	lib := loadIn(files, partial, nil, "", s)
	if lib == nil {
		return nil
	}
	for _, lang := range lib.translated() {
		found := &lint.Sink{}
		view := loadIn(files, partial, lib, lang, found)
		if view == nil {
			s.All = append(s.All, found.All...)
			return nil
		}
		if lib.spoken == nil {
			lib.spoken = map[string]*Library{}
		}
		lib.spoken[lang] = view
		s.All = append(s.All, inTranslations(found.All)...)
	}
	return lib
}

// loadIn reads files; with a language it makes the copy of origin in it.
func loadIn(files map[string][]byte, partial bool, origin *Library, lang string, s *lint.Sink) *Library {
	l := &loader{sink: s, lib: &Library{
		files: files, flows: map[string]*Flow{}, lists: map[string]*List{}, profile: map[string]*Field{}, byContent: map[string]int{},
		funcs: functions(), kinds: allKinds(), partial: partial, origin: origin,
	}}
	reader, err := sharedReader()
	if err == nil && lang != "" {
		reader, err = reader.Spoken(lang)
	}
	if err != nil {
		l.sink.Add(lint.NewFile(".", nil), 1, 1, 1, "unreadable", "error", err.Error())
		return nil
	}
	l.lib.reader = reader
	l.config()
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		l.file(name)
	}
	if origin == nil {
		l.translations(names)
	} else {
		l.speak(lang)
	}
	l.lib.config.ready(l.lib)
	l.link()
	l.hashes(names)
	return l.lib
}

// binder reads one file; root is nil when it cannot be used.
func (l *loader) binder(name string) (*binder, *yaml.Node) {
	f, root := lint.Read(name, l.lib.files[name], l.sink, isLanguageKey)
	return &binder{file: f, sink: l.sink, kinds: l.lib.kinds, reader: l.lib.reader}, root
}

// isLanguageKey knows the keys after which a missing space is worth a word.
func isLanguageKey(s string) bool {
	for _, keys := range [][]string{leadingKeys, stepKeys, askKeys, typeKeys, headerKeys} {
		if contains(keys, s) {
			return true
		}
	}
	return s == "label" || s == "aka"
}

func (l *loader) file(name string) {
	if name == configFile || strings.HasPrefix(name, saidDir) || strings.HasPrefix(name, picturesDir) || l.shared(name) {
		return
	}
	b, root := l.binder(name)
	if root == nil {
		return
	}
	switch {
	case strings.HasPrefix(name, listsDir):
		l.list(b, root)
	case name == contentsFile:
		l.contents(b, root)
	case name == rulesFile:
		l.lib.rules = b.rules(root)
	case name == classesFile:
		l.lib.classes = b.classes(root)
	case name == pricesFile:
		l.prices(b, b.object(root, []string{"prices"}))
	case name == profileFile:
		l.profile(b, root)
	default:
		l.flow(b, root, name)
	}
}

// link gives all names their meaning, called flows first.
func (l *loader) link() {
	for name, field := range l.lib.profile {
		field.codes = l.lib.codes(name)
	}
	l.lib.config.link(l.lib, l.sink)
	state := map[*Flow]int{}
	var visit func(f *Flow)
	visit = func(f *Flow) {
		state[f] = 1
		f.Walk(func(_ *Flow, s *Step) {
			body, ok := s.Body.(*CallStep)
			if !ok {
				return
			}
			callee := l.lib.flows[body.Flow]
			if callee == nil {
				return
			}
			if state[callee] == 1 {
				l.sink.Add(body.at.file, body.at.line, body.at.column, body.at.width, "call_cycle", "flow", body.Flow)
			} else if state[callee] == 0 {
				visit(callee)
			}
		})
		f.scope = newScope(l.lib, f)
		lk := &linker{lib: l.lib, flow: f, scope: f.scope, sink: l.sink, funcs: l.lib.funcs, gives: map[int][]string{}}
		lk.link()
		l.lib.order = append(l.lib.order, f)
		state[f] = 2
	}
	for _, f := range l.lib.Flows() {
		if state[f] == 0 {
			visit(f)
		}
	}
	if l.lib.rules != nil {
		l.lib.rules.link(l.lib, l.sink)
	}
	if l.lib.classes != nil {
		l.lib.classes.link(l.lib, l.sink)
	}
}

// closure lists the files that a version of a flow consists of: its own, the flows that it calls, the lists that it prints, their translations. Lists of look-ups are
// master data and contents have their own approval: both are always taken from the folder in force.
func (lib *Library) closure(f *Flow) []string {
	seen := map[string]bool{}
	var walk func(f *Flow)
	walk = func(f *Flow) {
		if seen[f.file] {
			return
		}
		seen[f.file] = true
		for _, tr := range lib.translationsOf(f) {
			seen[tr.file.Name] = true
		}
		f.Walk(func(_ *Flow, s *Step) {
			switch body := s.Body.(type) {
			case *CallStep:
				if callee := lib.flows[body.Flow]; callee != nil {
					walk(callee)
				}
			case *Question:
				if list := lib.lists[body.List]; list != nil && body.Type != "lookup" {
					seen[list.file] = true
				}
			}
		})
	}
	walk(f)
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Flows lists the flows by id.
func (lib *Library) Flows() []*Flow {
	out := make([]*Flow, 0, len(lib.flows))
	for _, name := range lib.flowNames() {
		out = append(out, lib.flows[name])
	}
	return out
}

// Flow returns a flow by id, nil when there is none.
func (lib *Library) Flow(id string) *Flow {
	if lib == nil {
		return nil
	}
	return lib.flows[id]
}

// Hash names the content of the whole folder.
func (lib *Library) Hash() string { return lib.hash }

func (lib *Library) flowNames() []string { return sortedKeys(lib.flows) }
func (lib *Library) listNames() []string { return sortedKeys(lib.lists) }

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// purposes lists every purpose of consent that the flows ask for, or that the product or the house knows.
func (lib *Library) purposes() []string {
	out := slices.Concat(knownPurposes, lib.config.Purposes)
	for _, f := range lib.Flows() {
		f.Walk(func(_ *Flow, s *Step) {
			if q, ok := s.Body.(*Question); ok && q.Purpose != "" && !contains(out, q.Purpose) {
				out = append(out, q.Purpose)
			}
		})
	}
	return out
}

// Exceptions lists the exceptions from rules that authors have written into the folder (# lint: ignore), with their reasons, by file and line.
func (lib *Library) Exceptions() []lint.Exception {
	var out []lint.Exception
	for _, name := range sortedKeys(lib.files) {
		out = append(out, lint.Ignored(name, lib.files[name])...)
	}
	return out
}
