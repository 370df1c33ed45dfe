package flows

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestSuiteVersions: a case begins on a version of versions/, and another one is put in force while the talk is under way.
func TestSuiteVersions(t *testing.T) {
	now := "flow: q\ntitle: 问卷\nversion: 2026-03-01\napproval: {no: T-1, until: 2030-12-31}\nstart: {on: [\"word:开始\"]}\nmigrate:\n  - {from: 2026-01-15, rename: {dept: department}, values: {title: {zhuren: chief}}, drop: [color]}\nsteps:\n" + newSteps
	old := strings.Replace(strings.Replace(now, newSteps, oldSteps, 1), "2026-03-01", "2026-01-15", 1)
	old = old[:strings.Index(old, "migrate:")] + old[strings.Index(old, "steps:"):]
	tests := `test: q
doctor: {consents: [base]}
cases:
  - name: 旧版走到一半
    version: 2026-01-15
    from: dept
    publish: 2026-03-01
    chat: [{me: 心内科}, {at: title}]
    expect: {version: 2026-03-01, answers: {department: 心内科}}
  - name: 中途发布
    version: 2026-01-15
    chat: [{me: 开始}, {me: 心内科}, {at: title}, {publish: current}, {me: 主任医师}, {at: beds}, {me: 3}, {me: 4}, {end: done}]
    expect: {version: current, answers: {department: 心内科, title: chief, dept: null}}
  - name: 一直在旧版
    version: 2026-01-15
    chat: [{me: 开始}, {me: 心内科}, {at: title}]
    expect: {version: 2026-01-15}
`
	files := fstest.MapFS{"q.yaml": {Data: []byte(now)}, "versions/q/2026-01-15.yaml": {Data: []byte(old)}, "tests/q.test.yaml": {Data: []byte(tests)}}
	lib := mustLoad(t, files)
	if r := RunTests(files, lib, TestOptions{Now: testNow}); !r.OK() || r.Cases != 3 {
		t.Errorf("%d cases: %s", r.Cases, text(t, r.Problems))
	}
	files["versions/q/2026-01-15.yaml"] = &fstest.MapFile{Data: []byte("flow: q\nsteps: []\n")}
	if r := RunTests(files, lib, TestOptions{Now: testNow}); r.Failed != 3 {
		t.Errorf("%d of 3 failed: %s", r.Failed, text(t, r.Problems))
	}
}
