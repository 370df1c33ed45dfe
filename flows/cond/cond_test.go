package cond

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type scope map[string]Type

func (s scope) Lookup(n string) (Type, bool) { t, ok := s[n]; return t, ok }
func (s scope) Names() []string {
	out := []string{}
	for _, n := range []string{"awareness", "book.done", "consent", "event", "free", "interests", "name", "patients", "price", "profile.hospital", "profile.any", "safety", "segment", "serious", "severity", "start", "stop", "title", "used", "visits"} {
		if _, ok := s[n]; ok {
			out = append(out, n)
		}
	}
	return out
}

type env map[string]Value

func (e env) Value(n string) Value { return e[n] }
func (e env) Now() time.Time {
	return time.Date(2026, 3, 4, 10, 0, 0, 0, time.FixedZone("", 8*3600))
}

var testScope = scope{
	"awareness": {Kind: KindNumber}, "patients": {Kind: KindNumber, Missing: true},
	"title":     {Kind: KindText, Codes: []string{"chief", "deputy", "attending", "resident", "other"}},
	"interests": {Kind: KindList, Codes: []string{"literature", "cases", "video", "meeting", "price", "none"}},
	"serious":   {Kind: KindList, Codes: []string{"death", "life", "no_serious"}},
	"severity":  {Kind: KindText, Codes: []string{"normal", "serious"}},
	"used":      {Kind: KindText, Codes: []string{"yes", "no"}, Missing: true},
	"safety":    {Kind: KindText, Codes: []string{"yes", "no"}},
	"consent":   {Kind: KindText, Codes: []string{"agree", "refuse"}},
	"book.done": {Kind: KindText, Codes: []string{"yes"}},
	"name":      {Kind: KindText}, "profile.hospital": {Kind: KindText, Missing: true}, "profile.any": {},
	"start": {Kind: KindDate}, "stop": {Kind: KindDate, Missing: true}, "free": {Kind: KindText}, "event": {Kind: KindText},
	"price": {Kind: KindNumber}, "visits": {Kind: KindList}, "segment": {Kind: KindText, Codes: []string{"super", "potential", "nurture"}},
}

var testFuncs = map[string]Function{
	"score": {Args: []Type{{Kind: KindRef}}, Variadic: true, Result: Type{Kind: KindNumber}, Call: func(e Env, args []Value) Value {
		n := 0.0
		for _, a := range args {
			n += 10 * float64(len(e.Value(a.Str()).Items()))
		}
		return Number(n)
	}},
	"rep.by": {Args: []Type{{Kind: KindText}}, Result: Type{Kind: KindText, Missing: true}, Call: func(_ Env, args []Value) Value { return args[0] }},
}

var testEnv = env{
	"awareness": Number(8), "title": Text("chief"), "interests": List("literature", "meeting"), "serious": List("no_serious"),
	"severity": Text("normal"), "safety": Text("no"), "consent": Text("agree"), "book.done": Text("yes"), "name": Text("王建国"),
	"start": Text("2026-03-01"), "price": Number(0), "visits": List("3", "4.5", "x"), "profile.any": Text("yes"), "segment": Text("super"),
}

func TestEval(t *testing.T) {
	for src, want := range map[string]Value{
		"awareness >= 3":                                               Bool(true),
		"awareness < 3 or used == yes":                                 Bool(false),
		"consent != agree":                                             Bool(false),
		"title in [chief, deputy]":                                     Bool(true),
		"title not in [chief, deputy]":                                 Bool(false),
		"not title in [resident]":                                      Bool(true),
		"awareness in [7, 8]":                                          Bool(true),
		"interests has price":                                          Bool(false), // price is a question too, of another type
		"interests has literature":                                     Bool(true),
		"interests has \"meeting\"":                                    Bool(true),
		"segment == super or book.done":                                Bool(true),
		"if(book.done, hot, warm)":                                     Text("hot"),
		"if(serious has no_serious, normal, serious)":                  Text("normal"),
		"severity == serious":                                          Bool(false),
		"if(severity == serious, 1h, 24h)":                             Text("24h"),
		"score(interests) + awareness * 2 + if(title == chief, 20, 5)": Number(56),
		"if(patients >= 50, 30, if(patients >= 10, 20, 0))":            Number(0),
		"patients == 1":                                                Bool(false), // FHIR: no answer
		"patients != 1":                                                Bool(true),
		"patients < 1":                                                 Bool(false),
		"not (patients > 5)":                                           Bool(true),
		"used == yes":                                                  Bool(false),
		"used != yes":                                                  Bool(true),
		"profile.hospital is empty":                                    Bool(true),
		"name is not empty":                                            Bool(true),
		"patients or 0":                                                Number(0),
		"(patients or 2) * 3":                                          Number(6),
		"price or 5":                                                   Number(0), // 0 is an answer
		"profile.hospital or \"老师\"":                                   Text("老师"),
		"name or '老师'":                                                 Text("王建国"),
		"patients or \"无\"":                                            Text("无"),
		"sum(patients, awareness, 2)":                                  Number(10),
		"sum(visits)":                                                  Number(7.5),
		"count(interests)":                                             Number(2),
		"count(patients, awareness, name)":                             Number(2),
		"len(name)":                                                    Number(3),
		"min(3, awareness, 5)":                                         Number(3),
		"max(3, awareness)":                                            Number(8),
		"round(2.5)":                                                   Number(3),
		"round(10 / 3, 2)":                                             Number(3.33),
		"abs(-3)":                                                      Number(3),
		"pow(2, 10)":                                                   Number(1024),
		"round(exp(ln(7)))":                                            Number(7),
		"1 / 0":                                                        None(),
		"ln(0)":                                                        None(),
		"1 + 2 * 3 - -4":                                               Number(11),
		"(1 + 2) * 3":                                                  Number(9),
		"10 - 3 - 2":                                                   Number(5),
		"0.1 + 0.2 == 0.3":                                             Bool(true),
		"days_between(start, today)":                                   Number(3),
		"days_between(start, stop)":                                    None(),
		"start < today":                                                Bool(true),
		"stop < start":                                                 Bool(false),
		"start == \"2026-03-01\"":                                      Bool(true),
		"start == 2026-03-01":                                          Bool(true),
		"start > 2026-2-9":                                             Bool(true),
		"start >= 2026-03-01 and start < 2026-03-02":                   Bool(true),
		"start in [2026-03-02, 2026-3-1]":                              Bool(true),
		"days_between(start, 2026-03-05)":                              Number(4),
		"today":                                                        Text("2026-03-04"),
		"now":                                                          Text("2026-03-04T10:00"),
		"today()":                                                      Text("2026-03-04"),
		"now > \"2026-03-04T09:30\"":                                   Bool(true),
		"yes":                                                          Text("yes"),
		"执行价格":                                                         Text("执行价格"),
		"free == 执行价格":                                                 Bool(false),
		"profile.any == yes":                                           Bool(true),
		"profile.any and true":                                         Bool(true),
		"safety or used":                                               Bool(false),
		"safety == no and not used":                                    Bool(true),
		"rep.by(name)":                                                 Text("王建国"),
		"rep.by(profile.hospital) or nobody":                           Text("nobody"),
		"[a, b]":                                                       List("a", "b"),
		"true":                                                         Bool(true),
		"if(true, [x], [y])":                                           List("x"),
		"awareness >= 8 and awareness <= 8 and awareness > 7 and 9 != 8": Bool(true),
	} {
		e, bad := Compile(src, testScope, testFuncs)
		if len(bad) > 0 {
			t.Errorf("%s: %+v", src, bad)
			continue
		}
		if got := e.Eval(testEnv); got != want {
			t.Errorf("%s = %v %q, want %v %q", src, got.Kind(), got.Str(), want.Kind(), want.Str())
		}
		if got := e.True(testEnv); got != want.Truth() {
			t.Errorf("%s: True = %v", src, got)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		src, code, at string // at: the marked part of the source
		args          map[string]string
	}{
		{"title == cheif", ProblemUnknownValue, "cheif", map[string]string{"near": "chief", "of": "title", "value": "cheif"}},
		{"title in [chief, depty]", ProblemUnknownValue, "depty", map[string]string{"near": "deputy"}},
		{"\"cheif\" == title", ProblemUnknownValue, "\"cheif\"", map[string]string{"near": "chief"}},
		{"interests has vidoe", ProblemUnknownValue, "vidoe", map[string]string{"near": "video", "allowed": "literature,cases,video,meeting,price,none"}},
		{"awarenes >= 3", ProblemUnknownName, "awarenes", map[string]string{"near": "awareness"}},
		{"titel == chief", ProblemUnknownName, "titel", map[string]string{"near": "title"}},
		{"titel in [chief]", ProblemUnknownName, "titel", nil},
		{"profile.hospitl is empty", ProblemUnknownName, "profile.hospitl", map[string]string{"near": "profile.hospital"}},
		{"usd and safety", ProblemUnknownName, "usd", map[string]string{"near": "used"}},
		{"awarenes", ProblemUnknownName, "awarenes", nil},
		{"awareness + patiens", ProblemUnknownName, "patiens", nil},
		{"awareness == high", ProblemUnknownName, "high", nil},
		{"title == 5", ProblemTypeClash, "title == 5", map[string]string{"left": "text", "right": "number"}},
		{"interests == 5", ProblemTypeClash, "interests == 5", nil},
		{"title has chief", ProblemTypeClash, "title has chief", nil},
		{"interests in [literature]", ProblemTypeClash, "interests in [literature]", nil},
		{"title < 3", ProblemTypeClash, "title < 3", nil},
		{"start < 3", ProblemTypeClash, "start < 3", nil},
		{"title and used", ProblemTypeClash, "title", map[string]string{"op": "condition"}},
		{"awareness + title", ProblemTypeClash, "title", map[string]string{"op": "+"}},
		{"if(used, 1, hot)", ProblemUnknownName, "hot", nil},
		{"if(used, 1, \"hot\")", ProblemTypeClash, "if(used, 1, \"hot\")", nil},
		{"patients * 2", ProblemMaybeMissing, "patients", map[string]string{"name": "patients", "op": "*"}},
		{"round(patients)", ProblemMaybeMissing, "patients", nil},
		{"days_between(start, stop) + 1", ProblemMaybeMissing, "days_between(start, stop)", nil},
		{"scor(interests)", ProblemUnknownFunc, "scor(interests)", map[string]string{"near": "score"}},
		{"round()", ProblemArgCount, "round()", map[string]string{"want": "1..2", "got": "0"}},
		{"if(used, 1)", ProblemArgCount, "if(used, 1)", map[string]string{"want": "3"}},
		{"score(3)", ProblemTypeClash, "3", map[string]string{"right": "name"}},
		{"score(interest)", ProblemUnknownName, "interest", map[string]string{"near": "interests"}},
		{"rep.by(3)", ProblemTypeClash, "3", nil},
		{"now(1)", ProblemArgCount, "now", nil},
		{"1 < awareness < 5", ProblemChain, "<", nil},
		{"start > 2026-02-30", ProblemNoSuchDay, "2026-02-30", map[string]string{"got": "2026-02-30"}},
		{"awareness > 2026-02-03", ProblemTypeClash, "awareness > 2026-02-03", nil},
		{"book[1].done == yes", ProblemRoundIndex, "book[1]", map[string]string{"name": "book"}},
		{"used = yes", ProblemUseWord, "=", map[string]string{"want": "=="}},
		{"used && safety", ProblemUseWord, "&&", map[string]string{"want": "and"}},
		{"!used", ProblemUseWord, "!", map[string]string{"want": "not"}},
		{"awareness ＞ 3", ProblemFullWidth, "＞", map[string]string{"want": ">"}},
		{"title in （chief）", ProblemFullWidth, "（", nil},
		{"name == “王”", ProblemFullWidth, "“", nil},
		{"(used", ProblemUnclosed, "(", nil},
		{"\"abc", ProblemUnclosed, "\"abc", nil},
		{"title in [chief", ProblemUnclosed, "[", nil},
		{"title in [chief;]", ProblemCharacter, ";", nil},
		{"used ==", ProblemUnexpected, "", map[string]string{"want": "value"}},
		{"used safety", ProblemUnexpected, "safety", map[string]string{"want": "operator"}},
		{"used is full", ProblemUnexpected, "full", map[string]string{"want": "empty"}},
		{"used not has", ProblemUnexpected, "has", map[string]string{"want": "in"}},
		{"  ", ProblemEmpty, "  ", nil},
		{strings.Repeat("(", 40) + "1" + strings.Repeat(")", 40), ProblemTooDeep, "(", map[string]string{"max": "32"}},
		{strings.Repeat("not ", 40) + "used", ProblemTooDeep, "not", nil},
		{strings.Repeat("1", 1025), ProblemTooLong, strings.Repeat("1", 1025), nil},
		{"9" + strings.Repeat("9", 400), ProblemCharacter, "9" + strings.Repeat("9", 400), nil},
	} {
		e, bad := CompileCondition(c.src, testScope, testFuncs)
		if _, alsoPlain := Compile(c.src, testScope, testFuncs); e != nil || len(bad) == 0 || len(alsoPlain) == 0 {
			t.Errorf("%s: accepted (%v, %v)", c.src, bad, alsoPlain)
			continue
		}
		p := bad[0]
		if p.Code != c.code || c.src[p.Offset:p.Offset+p.Length] != c.at {
			t.Errorf("%s: %s at %q, want %s at %q", c.src, p.Code, c.src[p.Offset:p.Offset+p.Length], c.code, c.at)
		}
		for k, v := range c.args {
			if p.Args[k] != v {
				t.Errorf("%s: %s = %q, want %q", c.src, k, p.Args[k], v)
			}
		}
	}
}

// A word that is both a well-typed name and a code is never guessed.
func TestAmbiguousWord(t *testing.T) {
	sc := scope{"other": {Kind: KindText}, "title": testScope["title"]}
	_, bad := Compile("title == other", sc, nil)
	if len(bad) != 1 || bad[0].Code != ProblemAmbiguousWord || bad[0].Args["word"] != "other" {
		t.Fatalf("got %+v", bad)
	}
	if _, bad := Compile(`title == "other"`, sc, nil); bad != nil {
		t.Fatalf("quoted: %+v", bad)
	}
}

func TestConditionWanted(t *testing.T) {
	for src, ok := range map[string]bool{"used": true, "safety == yes": true, "yes": true, "awareness": false, "name": false, "title": false, "hot": false, "awareness + 1": false, "true": true} {
		if _, bad := CompileCondition(src, testScope, testFuncs); (len(bad) == 0) != ok {
			t.Errorf("%s: %+v", src, bad)
		}
	}
}

func TestNamesAndType(t *testing.T) {
	e, bad := Compile("if(title == chief and used, interests has price, safety) or score(interests) > book.done", testScope, testFuncs)
	if bad == nil {
		t.Fatalf("number against text was accepted: %v", e.Names())
	}
	e, bad = Compile("score(interests) + if(title == chief and used, awareness, 1)", testScope, testFuncs)
	if bad != nil {
		t.Fatal(bad)
	}
	if diff := cmp.Diff([]string{"awareness", "interests", "title", "used"}, e.Names()); diff != "" {
		t.Error(diff)
	}
	if e.Type().Kind != KindNumber || e.Source() == "" {
		t.Errorf("type %v", e.Type())
	}
	e, bad = Compile("if(used, hot, warm)", testScope, nil)
	if bad != nil {
		t.Fatal(bad)
	}
	if diff := cmp.Diff(Type{Kind: KindText, Codes: []string{"hot", "warm"}}, e.Type()); diff != "" {
		t.Error(diff)
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
		ok   bool
	}{
		{"2026-03-11", "2026-03-11/pm", 0, true}, {"2026-03-11/am", "2026-03-11/pm", -1, true},
		{"2026-03-11T09:00", "2026-03-11T10:00", -1, true}, {"2026-03-12", "2026-03-11T10:00", 1, true},
		{"2026-03-11/am", "2026-03-11T10:00", 0, true}, {"2026-02-30", "2026-03-01", 0, false}, {"any", "2026-03-01", 0, false}, {"2026-03-1", "2026-03-01", 0, false},
	} {
		if got, ok := CompareDates(c.a, c.b); got != c.want || ok != c.ok {
			t.Errorf("%s %s: %d %v", c.a, c.b, got, ok)
		}
	}
}

func TestValueJSON(t *testing.T) {
	for want, v := range map[string]Value{"null": None(), "true": Bool(true), "false": Bool(false), "12": Number(12), "1.5": Number(1.5), `"x"`: Text("x"), `["a","b"]`: List("a", "b"), "[]": List(), `[""]`: List("")} {
		b, err := json.Marshal(v)
		if err != nil || string(b) != want {
			t.Errorf("%s: %s %v", want, b, err)
		}
		var back Value
		if err := json.Unmarshal(b, &back); err != nil || back != v {
			t.Errorf("%s: came back as %+v, %v", want, back, err)
		}
	}
	for _, s := range []string{`{"a":1}`, `[1]`, `[["a"]]`} {
		var v Value
		if err := json.Unmarshal([]byte(s), &v); err == nil {
			t.Errorf("%s was accepted", s)
		}
	}
}

func TestValue(t *testing.T) {
	if Number(math.NaN()) != None() || Number(math.Inf(1)) != None() {
		t.Error("NaN and infinity are missing")
	}
	l := List("a", "b\x1fc", "")
	if diff := cmp.Diff([]string{"a", "bc", ""}, l.Items()); diff != "" {
		t.Error(diff)
	}
	if !l.Has("bc") || !l.Has("") || l.Has("b") || List().Has("") || !Text("a").Has("a") {
		t.Error("Has")
	}
	if l.Str() != "a,bc," || Number(0.5).Str() != "0.5" || Bool(false).Str() != "false" || None().Str() != "" {
		t.Error("Str")
	}
	if !Number(0.1+0.2).Equal(Number(0.3)) || Text("1").Equal(Number(1)) {
		t.Error("Equal")
	}
	for _, v := range []Value{None(), Text(""), List()} {
		if !v.IsEmpty() {
			t.Errorf("%v is empty", v)
		}
	}
}

func TestReserved(t *testing.T) {
	for w, want := range map[string]bool{"and": true, "empty": true, "if": true, "today": true, "else": true, "title": false, "price": false} {
		if Reserved(w) != want {
			t.Errorf("Reserved(%s) = %v", w, !want)
		}
	}
}

func TestNearest(t *testing.T) {
	of := []string{"chief", "deputy", "yes"}
	for w, want := range map[string]string{"cheif": "chief", "chef": "chief", "ys": "yes", "depuyt": "deputy", "zzz": "", "resident": ""} {
		if got := Nearest(w, of); got != want {
			t.Errorf("%s: %s", w, got)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"title in [chief, deputy] and awareness >= 3", "if(serious has no_serious, normal, serious)", "score(interests) + (patients or 0) * 2", "days_between(start, today) > 3", "((", "a.b.c", "1..2", "\"", "not not used", "x is not empty", "＞", "- - 1", "[", "now()", "'a\\''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		e, bad := Compile(src, testScope, testFuncs)
		if (e == nil) == (len(bad) == 0) {
			t.Fatal("neither expression nor problem, or both")
		}
		for _, p := range bad {
			if p.Offset < 0 || p.Length < 0 || p.Offset+p.Length > len(src) || p.Code == "" {
				t.Fatalf("problem outside the source: %+v", p)
			}
		}
		if e == nil {
			return
		}
		if a, b := e.Eval(testEnv), e.Eval(testEnv); a != b {
			t.Fatal("not deterministic")
		}
		e.Eval(env{})
	})
}

type oneEnv struct{ title, awareness Value }

func (e *oneEnv) Value(n string) Value {
	if n == "title" {
		return e.title
	}
	return e.awareness
}
func (e *oneEnv) Now() time.Time { return time.Time{} }

func BenchmarkTypicalCondition(b *testing.B) {
	e, bad := Compile("title in [chief, deputy] and awareness >= 3", testScope, testFuncs)
	if bad != nil {
		b.Fatal(bad)
	}
	en := &oneEnv{Text("deputy"), Number(8)}
	b.ReportAllocs()
	for b.Loop() {
		if !e.True(en) {
			b.Fatal("false")
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, bad := Compile("title in [chief, deputy] and awareness >= 3", testScope, testFuncs); bad != nil {
			b.Fatal(bad)
		}
	}
}
