package author_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
)

// sampleReport has a case that passes, one that fails with a name that is awkward everywhere, and a goal that is missed.
func sampleReport(t *testing.T) flows.Report {
	t.Helper()
	file := "test: hello\ncover: {steps: 100%, branches: 1%}\ncases:\n  - {name: 好, doctor: {profile: {onboarded: \"2026-01-01\"}, consents: [base]}, chat: [{me: 你好}, {end: done}]}\n" +
		"  - name: \"<坏> | & ]]> \\u0001\"\n    chat: [{me: 你好}, {bot: 没有<这句>}]\n"
	r := flows.RunTests(fstest.MapFS{"tests/hello.test.yaml": {Data: []byte(file)}, "tests/verify.test.yaml": {Data: []byte("test: verify\ncover: {steps: 100%}\ncases: []\n")}},
		shipped(t), flows.TestOptions{Now: testNow()})
	if r.Cases != 2 || r.Failed != 1 {
		t.Fatalf("%+v", r)
	}
	r.Rename(func(file string) string { return "folder/" + file })
	return r
}

// TestJUnit reads the report back as CI servers do.
func TestJUnit(t *testing.T) {
	r := sampleReport(t)
	var b bytes.Buffer
	if err := author.WriteJUnit(&b, &r); err != nil {
		t.Fatal(err)
	}
	for dec := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("no XML: %v\n%s", err, b.String())
		}
	}
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name     string `xml:"name,attr"`
			Tests    int    `xml:"tests,attr"`
			Failures int    `xml:"failures,attr"`
			Cases    []struct {
				Name    string `xml:"name,attr"`
				Class   string `xml:"classname,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 3 || got.Failures != 2 || len(got.Suites) != 2 || got.Suites[0].Name != "folder/tests/hello.test.yaml" || got.Suites[0].Tests != 2 {
		t.Errorf("%+v\n%s", got, b.String())
	}
	bad := got.Suites[0].Cases[1]
	if bad.Failure == nil || !strings.Contains(bad.Failure.Message, "没有<这句>") || !strings.Contains(bad.Failure.Text, "医生：你好") || bad.Class != "hello" {
		t.Errorf("the failure says too little: %+v", bad.Failure)
	}
	goal := got.Suites[1].Cases[0]
	if goal.Failure == nil || goal.Class != "T905" {
		t.Errorf("the missed goal is not there: %+v", goal)
	}
}

// TestMarkdownAndJSON: the same report for a pull request and for programs.
func TestMarkdownAndJSON(t *testing.T) {
	r := sampleReport(t)
	var b bytes.Buffer
	if err := author.WriteMarkdown(&b, &r, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"流程测试没有通过", "2 个文件，2 个用例，1 个失败", "folder/tests/hello.test.yaml:6", `没有&lt;这句>`, "<summary>&lt;坏> \\| &", "| hello |", "| 合计 |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := author.WriteJSON(&b, &r, true); err != nil {
		t.Fatal(err)
	}
	var got struct {
		OK      bool
		Cases   int
		Results []struct {
			Name   string
			Failed bool
			Talk   []struct{ Who, Text string }
		}
		Cover map[string]map[string][2]int
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.OK || got.Cases != 2 || !got.Results[1].Failed || got.Results[1].Talk[0].Who != "doctor" || got.Cover["hello"]["steps"] != [2]int{2, 2} {
		t.Errorf("%+v", got)
	}
}

// TestCoverTable: a line for each flow, and by name and line what is missing.
func TestCoverTable(t *testing.T) {
	r := sampleReport(t)
	var b bytes.Buffer
	if err := author.WriteCover(&b, r.Coverage, []string{"hello", "verify"}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if strings.Contains(text, "onboarding") || !strings.Contains(text, "2/2 100%") || !strings.Contains(text, "verify 没有经过：") || !strings.Contains(text, "folder/verify.yaml:28 步骤 method") {
		t.Errorf("table:\n%s", text)
	}
	b.Reset()
	if err := author.WriteCoverShares(&b, r.Coverage, nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "没有经过") || !strings.Contains(b.String(), "合计") {
		t.Errorf("shares:\n%s", b.String())
	}
}
