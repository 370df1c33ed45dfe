package flows

import (
	"maps"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// scope types the names that a flow may use.
type scope struct {
	lib   *Library
	flow  *Flow
	types map[string]cond.Type
	from  map[string]int // step that gives the name; absent = always there
	list  []string
	up    cond.Scope // of a block's steps: what is known where the block stands
	count []string   // numbers of rounds: 0 when the block was not gone through
}

// accountNames are what texts may print about the house.
var accountNames = []string{"company", "bot", "filing_no", "hotline", "privacy_url", "pv_hotline", "my_page"}

// knownPurposes are the purposes of consent that every house may ask for; a house registers its own in _config.yaml.
var knownPurposes = []string{"base", "portrait", "push", "share_with_rep", "meeting_invite", "community_visibility", "quote", "invite_name"}

func newScope(lib *Library, f *Flow) *scope {
	s := &scope{lib: lib, flow: f, types: map[string]cond.Type{}, from: map[string]int{}}
	s.put("doctor.level", cond.Type{Kind: cond.KindNumber})
	for _, n := range accountNames {
		s.put("account."+n, cond.Type{Kind: cond.KindText})
	}
	for _, p := range lib.purposes() {
		s.put("consent."+p, cond.Type{Kind: cond.KindBool})
	}
	for _, name := range sortedKeys(lib.profile) {
		s.put("profile."+name, lib.profile[name].typ())
	}
	if f == nil {
		return s
	}
	s.put("doctor.lapsed", cond.Type{Kind: cond.KindBool})
	s.put("doctor.barred", cond.Type{Kind: cond.KindBool})
	for _, in := range f.Inputs {
		t := in.Type
		t.Missing = in.Default.IsNone()
		s.put("input."+in.Name, t)
	}
	return s
}

func (s *scope) put(name string, t cond.Type) {
	if _, ok := s.types[name]; !ok {
		s.list = append(s.list, name)
	}
	s.types[name] = t
}

func (s *scope) retype(name string, t cond.Type) {
	if old, ok := s.types[name]; ok {
		t.Missing = old.Missing
		s.types[name] = t
	}
}

// Lookup implements cond.Scope.
func (s *scope) Lookup(name string) (cond.Type, bool) {
	if t, ok := s.types[name]; ok {
		return t, true
	}
	if s.up != nil {
		return s.up.Lookup(name)
	}
	if strings.HasPrefix(name, "profile.") && !s.lib.strictProfile {
		return cond.Type{}, true
	}
	return cond.Type{}, false
}

// Names implements cond.Scope.
func (s *scope) Names() []string {
	if s.up == nil {
		return s.list
	}
	out := slices.Concat(s.list, s.up.Names())
	slices.Sort(out)
	return slices.Compact(out)
}

// gives reports a name that a step of the flow gives, or of a flow around it.
func (s *scope) gives(name string) bool {
	for f := s.flow; f != nil; f = f.outer {
		if _, ok := f.scope.from[name]; ok {
			return true
		}
	}
	return false
}

// with is the scope of texts that know further names: ${answer}, ${left}, the facts of a refusal.
type with struct {
	cond.Scope
	names map[string]cond.Type
}

// Lookup implements cond.Scope.
func (w with) Lookup(name string) (cond.Type, bool) {
	if t, ok := w.names[name]; ok {
		return t, true
	}
	return w.Scope.Lookup(name)
}

// Names implements cond.Scope.
func (w with) Names() []string {
	out := slices.Clone(w.Scope.Names())
	for n := range w.names {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func textNames(names ...string) map[string]cond.Type {
	m := make(map[string]cond.Type, len(names))
	for _, n := range names {
		m[n] = cond.Type{}
	}
	return m
}

// functions are what conditions may call beside the built-in ones.
func functions() map[string]cond.Function {
	out := lookups()
	maps.Copy(out, map[string]cond.Function{
		"score": {
			Args: []cond.Type{{Kind: cond.KindRef}}, Variadic: true, Result: cond.Type{Kind: cond.KindNumber},
			Call: func(env cond.Env, args []cond.Value) cond.Value {
				sum := 0.0
				if e, ok := env.(scorer); ok {
					for _, a := range args {
						sum += e.score(a.Str())
					}
				}
				return cond.Number(sum)
			},
		},
		"each": eachFunction(),
		"invite": {
			Args: []cond.Type{{Kind: cond.KindText}}, Result: cond.Type{Kind: cond.KindBool},
			Call: func(env cond.Env, args []cond.Value) cond.Value {
				e, ok := env.(inviter)
				return cond.Bool(ok && e.inviteOK(args[0].Str()))
			},
		},
	})
	return out
}

// scorer, inviter and asker are what the environment of a running flow offers to the functions.
type scorer interface{ score(question string) float64 }
type inviter interface{ inviteOK(code string) bool }
type asker interface {
	price(hospital, product string) Value
	repOf(hospital string) Value
}
