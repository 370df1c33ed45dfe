package console_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/store"
)

// copied is the file for machines as its reader sees it.
type copied struct {
	Format   string
	Sections []struct {
		Name  string
		Lines []struct{ At, What, Words, Said, Code, From, Note string }
	}
}

func (c copied) line(section, code string) string {
	for _, s := range c.Sections {
		for _, l := range s.Lines {
			if s.Name == section && l.Code == code {
				return l.Words + "|" + l.Said
			}
		}
	}
	return ""
}

// withExport makes a doctor who has asked for an export; the path of the link comes back.
func withExport(t *testing.T, s *site, links *console.Links, openID string) string {
	t.Helper()
	id := store.DoctorID(s.store.Account(), openID)
	address, digest := links.Export(id, 1)
	s.doctor(openID, 2, func(x *store.Turn) {
		now := s.store.Now()
		x.Answers = []store.Answer{{Conversation: id, Seq: 1, Talk: 1, Flow: "f", Question: "barrier", Asked: "顾虑？", Value: `"evidence"`, Label: "想看更多证据", Raw: "证据不够", At: now}}
		x.Consents = []store.Consent{{Conversation: id, Seq: 1, Purpose: "base", Policy: "p1", Granted: true, Asked: "同意吗？", Raw: "同意", At: now}}
		x.Tags = []store.Tag{{Doctor: id, Tag: "看重证据", Source: store.SourceRule, Detail: "看重终点试验", At: now}}
		x.Pushes = []store.Push{{ID: "push-" + openID, Doctor: id, Cause: "ask:x", Status: store.PushNone, Reason: "no_content", At: now}}
		x.Cases = []store.Case{{No: "AE-" + openID, Doctor: id, Status: store.CaseOpen, Words: "皮疹", OpenedAt: now}}
		x.Rights = []store.RightsRequest{{ID: "r-" + openID, Doctor: id, Kind: store.RightsExport, Status: store.RightsOpen, Token: digest, ExpiresAt: now + 24*60*minute, At: now}}
	})
	return strings.TrimPrefix(address, "http://vrep.test")
}

// A copy opens once, for the doctor who asked for it, within a day; the file holds answers, consents and pushes, and nothing of an adverse event.
func TestExportOpensOnce(t *testing.T) {
	s, e, links := newDoctorSite(t)
	path := withExport(t, s, links, "o1")
	s.doctor("o2", 2, nil)
	other := s.browser()
	if a := other.enters(e, "o2", path); a.code != http.StatusGone || !strings.Contains(a.body, "已经失效") {
		t.Errorf("another doctor: %d", a.code)
	}
	if a := other.post(path, "as", "page"); a.code != http.StatusGone {
		t.Errorf("another doctor's press: %d", a.code)
	}
	if a := s.browser().post(path, "as", "json"); a.code != http.StatusForbidden {
		t.Errorf("nobody's press: %d", a.code)
	}
	b := s.browser()
	wantHas(t, b.enters(e, "o1", path), "查看我的数据")
	wantHas(t, b.get(path), "查看我的数据") // looking uses nothing up
	shown := b.post(path, "as", "page")
	wantHas(t, shown, "想看更多证据", "证据不够", "看重终点试验", "p1", "推送记录", "下载文件")
	wantNot(t, shown, "皮疹")
	file := b.post(path, "as", "json")
	var got copied
	must(t, json.Unmarshal([]byte(file.body), &got))
	if got.Format != "vrep-doctor-data/1" || got.line("answers", "f.barrier") != "想看更多证据|证据不够" || got.line("consents", "base") != "同意|同意" ||
		got.line("tags", "看重证据") != "|" || len(got.Sections) < 6 || strings.Contains(file.body, "皮疹") || !strings.Contains(file.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("file %s", file.body)
	}
	s.clock.add(11 * time.Minute)
	if a := b.post(path, "as", "json"); a.code != http.StatusGone {
		t.Errorf("used up, and opened again: %d", a.code)
	}
	late := withExport(t, s, links, "o3")
	b3 := s.browser()
	b3.enters(e, "o3", "/d/me")
	s.clock.add(25 * time.Hour)
	b3 = s.browser()
	if a := b3.enters(e, "o3", late); a.code != http.StatusGone {
		t.Errorf("a day later: %d", a.code)
	}
	rows, err := s.store.Audits(t.Context(), "doctor:"+store.DoctorID(s.store.Account(), "o1"), 10)
	must(t, err)
	exports := 0
	for _, r := range rows {
		if r.Action == "own_export" {
			exports++
		}
	}
	if exports != 2 {
		t.Errorf("%d rows of the audit", exports)
	}
}

// The list shows every request with its clock; who protects data closes what waits, once, and with words.
func TestRightsRequests(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	officer := s.as(store.RoleCompliance)
	wantHas(t, officer.get("/console/rights"), "导出数据", "待办", "张敏")
	wantNot(t, s.as(store.RoleAuditor).get("/console/rights"), "张敏")
	if a := s.as(store.RoleAdmin).get("/console/rights"); a.code != http.StatusForbidden {
		t.Errorf("an administrator: %d", a.code)
	}
	wantHas(t, officer.get("/console/doctors/"+w.doctor), "行使权利")
	officer.post("/console/rights/right-1/close", "reason", " ")
	wantHas(t, officer.get("/console/rights"), "请写明原因", "待办")
	officer.post("/console/rights/right-1/close", "reason", "已当面核实，邮寄光盘", "done", "yes")
	wantHas(t, officer.get("/console/rights"), "已登记办理结果", "没有待办的请求")
	wantHas(t, officer.get("/console/rights?done"), "已完成", "张敏")
	officer.post("/console/rights/right-1/close", "reason", "再来一次")
	wantHas(t, officer.get("/console/rights"), "这一条已经处理过")
}
