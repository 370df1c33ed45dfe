package library_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/cond"
)

// talkAt is a Wednesday.
var talkAt = time.Date(2026, 3, 4, 10, 0, 0, 0, zone())

// TestTranscripts plays testdata/talks/FLOW.txt, one for every shipped flow: the doctor, what is said, and the whole talk as the doctor sees it. Run with
// -update to write the talk anew, and read the difference.
func TestTranscripts(t *testing.T) {
	lib := load(t)
	for _, flow := range lib.Flows() {
		t.Run(flow.ID, func(t *testing.T) {
			path := filepath.Join("testdata", "talks", flow.ID+".txt")
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatalf("every shipped flow has a transcript: %v", err)
			}
			if len(a.Files) < 2 {
				t.Fatalf("%s holds %d parts, want doctor, says and talk", path, len(a.Files))
			}
			talk, began := playTalk(t, lib, flow.ID, a)
			if !began {
				t.Errorf("the talk never reaches the flow %s", flow.ID)
			}
			if *update {
				a.Files = append(a.Files[:2], txtar.File{Name: "talk", Data: []byte(talk)})
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(a.Files) != 3 {
				t.Fatalf("%s has no talk yet; run with -update", path)
			}
			if diff := cmp.Diff(string(a.Files[2].Data), talk); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

// talkDoctor is the doctor part: who talks.
type talkDoctor struct {
	Level    int
	Lapsed   bool
	Card     string
	Standing string
	Consents []string
	Profile  map[string]string
}

// playTalk answers the says one by one. A line @KIND or @KIND:KEY is an event.
func playTalk(t *testing.T, lib *flows.Library, flow string, a *txtar.Archive) (talk string, began bool) {
	t.Helper()
	var who talkDoctor
	if err := yaml.Unmarshal(a.Files[0].Data, &who); err != nil {
		t.Fatal(err)
	}
	facts := flows.Facts{Doctor: "transcript", Level: who.Level, Lapsed: who.Lapsed, CaseNo: "AE-20260304-AAAAAA", Card: who.Card, Reads: oneInvite{who.Standing}, Consents: map[string]string{}, Profile: map[string]flows.Known{}}
	for _, purpose := range who.Consents {
		facts.Consents[purpose] = "earlier"
	}
	for field, value := range who.Profile {
		facts.Profile[field] = flows.Known{Value: cond.Text(value), Label: value, At: talkAt}
	}
	engine, err := flows.NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var state flows.State
	for line := range strings.SplitSeq(strings.TrimSpace(string(a.Files[1].Data)), "\n") {
		in := flows.Input{Kind: flows.InText, Text: line, At: talkAt}
		if event, ok := strings.CutPrefix(line, "@"); ok {
			kind, key, _ := strings.Cut(event, ":")
			in = flows.Input{Kind: flows.InputKind(kind), Key: key, At: talkAt}
		}
		out := engine.Step(state, in, facts)
		for _, p := range out.Problems {
			t.Errorf("after %q: %s", line, p.Message)
		}
		for _, f := range out.State.Frames {
			began = began || f.Flow == flow
		}
		for _, x := range out.Answers {
			began = began || x.Flow == flow
		}
		began = began || out.Ended != "" // a flow that asks nothing has come and gone
		fmt.Fprintf(&b, "> %s\n", line)
		for said := range strings.SplitSeq(out.Reply(), "\n") {
			b.WriteString(strings.TrimRight("  "+said, " ") + "\n")
		}
		for _, s := range out.Sends {
			fmt.Fprintf(&b, "  [content %s]\n", s.Content.ID)
		}
		for _, l := range out.Leads {
			fmt.Fprintf(&b, "  [lead %s %s]\n", l.Kind, l.Level)
		}
		if out.Verify != nil {
			fmt.Fprintf(&b, "  [verify %s]\n", out.Verify.Method)
		}
		for _, c := range out.Cases {
			fmt.Fprintf(&b, "  [case %s new=%t serious=%t complete=%t]\n", c.No, c.New, c.Serious, c.Complete)
		}
		if out.Ended != "" {
			fmt.Fprintf(&b, "  [ended %s]\n", out.Ended)
		}
		state, facts = out.State, facts.After(out, talkAt)
	}
	return b.String(), began
}

// oneInvite knows one invitation code, and how the doctor stands as a super customer.
type oneInvite struct{ standing string }

func (oneInvite) InviteOK(code string) bool { return strings.EqualFold(code, "VREP26") }

func (oneInvite) Price(string, string, time.Time) (string, bool) { return "", false }

// Cards implements flows.Peers: none is open.
func (r oneInvite) Cards() (open int, standing string) { return 0, r.standing }

// Quote implements flows.Peers: no words wait.
func (oneInvite) Quote(string) (string, bool) { return "", false }

func (oneInvite) RepOf(string) (string, bool)                  { return "", false }
func (oneInvite) Master(string, string, string) (string, bool) { return "", false }
