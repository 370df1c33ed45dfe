package cond

import (
	"math"
	"testing"
	"time"
)

// lists are names of every kind; those that begin with no have no answer.
var listScope = fakeScope{
	"n": {Kind: KindNumber}, "none": {Kind: KindNumber, Missing: true}, "t": {Kind: KindText, Codes: []string{"a", "b"}},
	"no_t": {Kind: KindText, Codes: []string{"a", "b"}, Missing: true}, "l": {Kind: KindList, Codes: []string{"a", "b"}},
	"no_l": {Kind: KindList, Codes: []string{"a", "b"}, Missing: true}, "d": {Kind: KindDate}, "no_d": {Kind: KindDate, Missing: true},
	"y": {Kind: KindText, Codes: []string{"yes", "no"}}, "no_y": {Kind: KindText, Codes: []string{"yes", "no"}, Missing: true},
	"ns": {Kind: KindList, Of: KindNumber}, "no_ns": {Kind: KindList, Of: KindNumber, Missing: true}, "ds": {Kind: KindList, Of: KindDate},
	"any": {}, "no_any": {},
}

var listValues = fakeEnv{
	"n": Number(5), "t": Text("a"), "l": List("a", "b"), "d": Text("2026-03-04"), "y": Text("yes"), "ns": List("3", "10", "-2.5"), "no_ns": List(),
	"ds": List("2026-03-04", "2026-03-09"), "any": Text("a"),
}

type fakeScope map[string]Type

func (s fakeScope) Lookup(name string) (Type, bool) { t, ok := s[name]; return t, ok }
func (s fakeScope) Names() []string {
	var out []string
	for n := range s {
		out = append(out, n)
	}
	return out
}

type fakeEnv map[string]Value

func (e fakeEnv) Value(name string) Value { return e[name] }
func (fakeEnv) Now() time.Time            { return time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC) }

// TestMissing: FHIR's meaning of a question without an answer, in every operator: == and order are false, != is true, has and in are false, and
// arithmetic with it is a finding that a fallback mends.
func TestMissing(t *testing.T) {
	for src, want := range map[string]bool{
		"none == 5": false, "none != 5": true, "none < 5": false, "none <= 5": false, "none > 5": false, "none >= 5": false, "5 == none": false, "5 != none": true,
		"5 > none": false, "none == none": false, "none != none": true, "no_t == a": false, "no_t != a": true, "no_t in [a, b]": false,
		"no_t not in [a, b]": true, "not (no_t in [a, b])": true, "no_t == t": false, "no_t != t": true, "no_l has a": false, "not (no_l has a)": true,
		"no_l is empty": true, "no_l is not empty": false, "t in no_l": false, "t not in no_l": true, "no_d == today": false, "no_d != today": true,
		"no_d < today": false, "no_d >= today": false, "no_d in [\"2026-03-04\"]": false, "no_y": false, "not no_y": true, "no_y == yes": false, "no_y != yes": true,
		"no_y and y": false, "no_y or y": true, "y and not no_y": true, "no_y != no": true, "none is empty": true, "none is not empty": false,
		"no_ns has 3": false, "3 in no_ns": false, "no_any == a": false, "no_any != a": true, "no_any has a": false, "no_any is empty": true,
		"(none or 0) == 0": true, "(none or 0) + n == 5": true, "(no_t or a) == a": true, "sum(none, n) == 5": true, "sum(no_ns, none) == 0": true,
		"count(none, no_t, n) == 1": true, "count(no_l, no_ns) == 0": true, "len(no_t) == 0": true, "len(no_l) == 0": true,
		"days_between(no_d, today) > 0": false, "days_between(no_d, today) <= 0": false, "days_between(no_d, today) is empty": true,
		"max(no_ns) is empty": true, "max(no_ns) > 0": false, "max(no_ns, n) == 5": true, "if(none > 3, 1, 2) == 2": true, "if(no_y, 1, 2) == 2": true,
		"n == 5": true, "l has a": true, "t in l": true, "ns has 3": true, "ns has 10.0": true, "ns has 4": false, "10 in ns": true, "n in ns": false,
		"d in ds": true, "ds has \"2026-03-09\"": true, "count(ns) == 3": true, "count(ns, n, none) == 4": true, "sum(ns) == 10.5": true, "sum(ns, n) == 15.5": true,
		"min(ns) == 0 - 2.5": true, "max(ns, n) == 10": true, "max(n, 7) == 7": true, "len(ns) == 3": true, "ns is not empty": true,
	} {
		x, ps := CompileCondition(src, listScope, nil)
		if len(ps) > 0 {
			t.Errorf("%s: %+v", src, ps)
			continue
		}
		if got := x.True(listValues); got != want {
			t.Errorf("%s is %v", src, got)
		}
	}
	for _, src := range []string{"none + 1", "1 - none", "none * 2", "2 / none", "-none", "abs(none)", "round(none)", "ln(none)", "exp(none)", "pow(2, none)", "min(n, none)",
		"max(none)", "max(no_ns) + 1", "days_between(no_d, today) + 1"} {
		if _, ps := Compile(src, listScope, nil); len(ps) != 1 || ps[0].Code != ProblemMaybeMissing {
			t.Errorf("%s: %+v", src, ps)
		}
	}
	for _, src := range []string{"ns has a", "ns has t", "l has 3", "3 in l", "max(l)", "max(ds)", "t in ns", "ns > 3", "ns == 3", "sum(t)", "min(t)", "ns + 1"} {
		if _, ps := Compile(src, listScope, nil); len(ps) == 0 {
			t.Errorf("%s passes", src)
		}
	}
}

// TestFunctions: what has no result gives no value, never NaN or an infinity; lists of numbers count as numbers.
func TestFunctions(t *testing.T) {
	for src, want := range map[string]Value{
		"ln(1)": Number(0), "ln(0)": None(), "ln(0 - 1)": None(), "exp(0)": Number(1), "exp(1000)": None(), "exp(0 - 1000)": Number(0), "pow(2, 10)": Number(1024),
		"pow(0, 0)": Number(1), "pow(0, 0 - 1)": None(), "pow(0 - 8, 0.5)": None(), "pow(10, 400)": None(), "1 / 0": None(), "0 / 0": None(), "0 - 1 / 0": None(),
		"pow(10, 300) * pow(10, 300)": None(), "0 * (0 - 1)": Number(0), "round(2.5)": Number(3), "round(0 - 2.5)": Number(-3), "round(1.005, 1)": Number(1), "round(1234, 0 - 2)": Number(1200),
		"round(pow(10, 300), 9)": Number(1e300), "round(1 / 3, 2)": Number(0.33), "abs(0 - 3)": Number(3), "min(3, 1, 2)": Number(1), "max(3, 1, 2)": Number(3),
		"min(ns)": Number(-2.5), "max(ns, 99)": Number(99), "min(no_ns)": None(), "max(no_ns, 4)": Number(4), "sum(1, 2, ns)": Number(13.5), "sum(pow(10, 308), pow(10, 308))": None(),
		"sum(l)": Number(0), "count(l, ns, n)": Number(6), "len(t)": Number(1), "len(l)": Number(2), "days_between(d, \"2026-03-11\")": Number(7),
		"days_between(\"2026-03-11\", d)": Number(-7), "days_between(d, now)": Number(0), "today": Text("2026-03-04"), "now": Text("2026-03-04T10:30"),
		"if(n > 3, 1 / 0, 2)": None(), "if(l has a, ln(exp(2)), 0)": Number(2), "(1 / 0 or 7)": Number(7), "max(1, 1 / 0)": None(), "if(y, ns, l)": List("3", "10", "-2.5"),
	} {
		x, ps := Compile(src, listScope, nil)
		if len(ps) > 0 {
			t.Errorf("%s: %+v", src, ps)
			continue
		}
		got := x.Eval(listValues)
		if !got.Equal(want) || got.Str() == "-0" || math.IsNaN(got.Num()) || math.IsInf(got.Num(), 0) {
			t.Errorf("%s is %v %q, want %q", src, got.Kind(), got.Str(), want.Str())
		}
	}
}
