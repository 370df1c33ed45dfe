package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/store"
)

// vrep runs a command as a user would and gives its exit code and what it printed.
func vrep(t *testing.T, in string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

func TestExitCodes(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"version"}, exitFine, "vrep "},
		{[]string{"--help"}, exitFine, "vrep demo"},
		{[]string{"nonsense"}, exitUsage, "nonsense"},
		{[]string{"serve", "--nonsense"}, exitUsage, "nonsense"},
		{[]string{"serve", "superfluous"}, exitUsage, "superfluous"},
		{[]string{"flows", "lint", "no/such/folder"}, exitUsage, "no/such/folder"},
		{[]string{"flows", "lint", "--format", "xml"}, exitUsage, "xml"},
		{[]string{"flows", "run"}, exitUsage, "arg"},
		{[]string{"demo", "--listen", "nonsense"}, exitUsage, "host:port"},
		{[]string{"demo", "--listen", "0.0.0.0:0"}, exitUsage, "--allow-remote"},
		{[]string{"demo", "--listen", "127.0.0.1:0", "--data", "/dev/null/x"}, exitUsage, "--data"},
		{[]string{"serve", "--config", "no-such.yaml"}, exitFindings, "no-such.yaml"},
		{[]string{"healthcheck", "--url", "http://127.0.0.1:1/readyz"}, exitFindings, "not ready"},
	} {
		code, out, errOut := vrep(t, "", tt.args...)
		if code != tt.code || !strings.Contains(out+errOut, tt.says) {
			t.Errorf("vrep %s = %d %q %q, want %d with %q", strings.Join(tt.args, " "), code, out, errOut, tt.code, tt.says)
		}
	}
}

// Every command explains itself with an example.
func TestEveryCommandHasAnExample(t *testing.T) {
	var walk func(path []string)
	seen := 0
	walk = func(path []string) {
		c, _, err := newRoot().Find(path)
		if err != nil {
			t.Fatal(err)
		}
		if c.Example == "" || c.Short == "" {
			t.Errorf("vrep %s lacks a description or an example", strings.Join(path, " "))
		}
		seen++
		for _, sub := range c.Commands() {
			if sub.Name() != "help" && sub.Name() != "completion" {
				walk(append(append([]string{}, path...), sub.Name()))
			}
		}
	}
	walk(nil)
	if seen < 15 {
		t.Errorf("only %d commands seen", seen)
	}
}

func TestMigrateAndUsers(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	if code, out, _ := vrep(t, "", "migrate", "status"); code != exitFindings || !strings.Contains(out, "pending") {
		t.Errorf("a fresh database: %d %q, want pending and exit 1", code, out)
	}
	if code, out, errOut := vrep(t, "", "migrate", "up"); code != exitFine || !strings.Contains(out, "applied") {
		t.Fatalf("migrate up: %d %q %q", code, out, errOut)
	}
	if code, out, _ := vrep(t, "", "migrate", "up"); code != exitFine || !strings.Contains(out, "nothing to do") {
		t.Errorf("a second migrate up: %d %q", code, out)
	}
	if code, out, _ := vrep(t, "", "migrate", "status"); code != exitFine || strings.Contains(out, "pending") {
		t.Errorf("status afterwards: %d %q", code, out)
	}
	code, out, errOut := vrep(t, "", "user", "add", "wang", "--role", "safety")
	if code != exitFine || !strings.HasPrefix(out, "wang  ") {
		t.Fatalf("user add: %d %q %q", code, out, errOut)
	}
	if code, _, errOut := vrep(t, "", "user", "add", "wang"); code != exitFindings || errOut == "" {
		t.Errorf("adding a taken name: %d %q", code, errOut)
	}
	if code, _, errOut := vrep(t, "", "user", "add", "li", "--role", "emperor"); code != exitUsage || errOut == "" {
		t.Errorf("a role that does not exist: %d %q", code, errOut)
	}
	if code, _, errOut := vrep(t, "", "user", "reset", "nobody"); code != exitFindings || errOut == "" {
		t.Errorf("resetting an unknown name: %d %q", code, errOut)
	}
	if code, _, errOut := vrep(t, "", "user", "disable", "wang"); code != exitFine {
		t.Errorf("disable: %d %q", code, errOut)
	}
	if _, out, _ := vrep(t, "", "user", "list"); !strings.Contains(out, "wang") || !strings.Contains(out, "disabled") {
		t.Errorf("user list prints %q", out)
	}
}

const sampleFlow = `flow: sample
title: 示例
approval: {no: T-1, until: 2099-12-31}
steps:
  - id: drug
    ask: 用过吗？
    type: yesno
    labels: [用过, 没用过]
  - id: count
    when: drug == yes
    ask: 大约几位？
    type: number
    range: 1..50
  - set: {twice: "(count or 0) * 2"}
  - say: 谢谢。
  - end: done
`

func writeFlow(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFlowsRunJSON(t *testing.T) {
	path := writeFlow(t, sampleFlow)
	code, out, errOut := vrep(t, "也许\n用过\n三十五\nafter the end\n", "flows", "run", "--json", path)
	if code != exitFine {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	type turn struct {
		Reply    string
		At       *string
		Accepted bool
		Answers  map[string]any
		Values   map[string]any
		Ended    *string
	}
	var turns []turn
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	for dec.More() {
		var one turn
		if err := dec.Decode(&one); err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		turns = append(turns, one)
	}
	if len(turns) != 4 {
		t.Fatalf("%d turns, want the first and one for each of three answers:\n%s", len(turns), out)
	}
	if !turns[0].Accepted || turns[0].At == nil || *turns[0].At != "drug" || !strings.Contains(turns[0].Reply, "用过吗") {
		t.Errorf("first turn = %+v", turns[0])
	}
	if turns[1].Accepted || *turns[1].At != "drug" {
		t.Errorf("a refused answer = %+v", turns[1])
	}
	last := turns[3]
	if last.At != nil || last.Ended == nil || *last.Ended != "done" {
		t.Errorf("last turn = %+v", last)
	}
	if diff := cmp.Diff(map[string]any{"drug": "yes", "count": 35.0}, last.Answers); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"twice": 70.0}, last.Values); diff != "" {
		t.Error(diff)
	}
}

func TestFlowsLintFindsAndPlaces(t *testing.T) {
	path := writeFlow(t, strings.Replace(sampleFlow, "when: drug == yes", "when: drgu == yes", 1))
	code, out, _ := vrep(t, "", "flows", "lint", path)
	if code != exitFindings || !strings.Contains(out, path+":10:11:") || !strings.Contains(out, "drug") || !strings.Contains(out, "^") {
		t.Errorf("exit %d, printed\n%s", code, out)
	}
	code, out, _ = vrep(t, "", "flows", "lint", "--format", "json", path)
	var found []map[string]any
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != exitFindings || len(found) == 0 {
		t.Fatalf("exit %d, %v, printed\n%s", code, err, out)
	}
	for _, key := range []string{"file", "line", "column", "code", "level", "message", "advice"} {
		if _, ok := found[0][key]; !ok {
			t.Errorf("the finding lacks %s: %v", key, found[0])
		}
	}
	if code, _, errOut := vrep(t, "", "flows", "run", "--json", path); code != exitFindings || errOut == "" {
		t.Errorf("running a flow with errors: exit %d %q", code, errOut)
	}
}

func TestShippedFlowsAreClean(t *testing.T) {
	if code, out, _ := vrep(t, "", "flows", "lint", "--strict"); code != exitFine || !strings.Contains(out, "0 处问题") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out, _ := vrep(t, "", "flows", "test"); code != exitFine {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestHealthcheckAsks(t *testing.T) {
	ready := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	if code, _, errOut := vrep(t, "", "healthcheck", "--url", srv.URL); code != exitFine {
		t.Errorf("ready: %d %s", code, errOut)
	}
	ready = false
	if code, _, _ := vrep(t, "", "healthcheck", "--url", srv.URL); code != exitFindings {
		t.Errorf("not ready: %d", code)
	}
}

// Without WeChat settings the callback must not look as if anything had been accepted.
func TestUnconfiguredCallbackRefuses(t *testing.T) {
	w := httptest.NewRecorder()
	unconfigured("wechat").ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/wechat/callback", strings.NewReader("<xml/>")))
	if w.Code != http.StatusServiceUnavailable || w.Body.Len() != 0 {
		t.Errorf("answers %d with %q", w.Code, w.Body)
	}
}

// A database that answers questions but takes no row must not be sent traffic; the next turn that it takes makes it ready again.
func TestReadyzSeesRefusedWrites(t *testing.T) {
	a := &app{}
	a.ready.set(true)
	a.ready.refused.Store(time.Now().UnixMilli())
	w := httptest.NewRecorder()
	a.readyz(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("answers %d right after a refused write", w.Code)
	}
	if a.ready.blocked(time.Now().Add(refusalPause)) {
		t.Error("a refusal blocks for ever")
	}
	refusing := watched{receiver{store.ErrUnavailable}, &a.ready}
	if _, err := refusing.Receive(t.Context(), bot.Inbound{}); err == nil || !a.ready.blocked(time.Now()) {
		t.Error("a refused turn is not noticed")
	}
	taking := watched{receiver{nil}, &a.ready}
	if _, err := taking.Receive(t.Context(), bot.Inbound{}); err != nil || a.ready.blocked(time.Now()) {
		t.Error("a turn that was taken does not make the service ready again")
	}
}

// receiver answers every turn with its error.
type receiver struct{ err error }

func (r receiver) Receive(context.Context, bot.Inbound) (bot.Reply, error) { return bot.Reply{}, r.err }
