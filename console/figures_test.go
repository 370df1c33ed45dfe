package console_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// figuresSite is a house whose figures of a past month and of the present one were counted.
func figuresSite(t *testing.T) (s *site, past, present string) {
	t.Helper()
	s = newSite(t)
	fill(t, s.store, s.desk)
	now := s.clock.now()
	past, present = now.AddDate(0, -4, 0).Format("2006-01"), now.Format("2006-01")
	var cells []store.Figure
	add := func(kind, a, b string, n, total int64) {
		for _, team := range []string{"", "east"} {
			cells = append(cells, store.Figure{Team: team, Kind: kind, A: a, B: b, N: n, Total: total})
		}
	}
	add(store.FigureCounted, "", "", 60, s.store.Now())
	for tier, did := range map[string]int64{"A": 9, "B": 1, "C": 4, "D": 0} {
		add(store.FigureEngage+":class", tier, strconv.FormatInt(did, 10), 12, 12*did)
	}
	add(store.FigureEngage+":class", "U", "3", 2, 6)
	add(store.FigureMove+":class", "C", "B", 7, 0)
	add(store.FigureMove+":class", "A", "B", 3, 0)
	add(store.FigureTime, "confirmed", "doctors", 6, 0)
	add(store.FigureTime, "confirmed", "visits", 8, 200)
	add(store.FigureTime, "none", "doctors", 54, 0)
	add(store.FigureTime, "none", "visits", 10, 200)
	add(store.FigureEffort, "浙江", "touches", 30, 120)
	add(store.FigureEffort, "浙江", "effective", 30, 60)
	add(store.FigureEffort, "江苏", "touches", 2, 120)
	for part, n := range map[string]int64{"customers": 20, "were": 10, "still": 8, "referrers": 1} {
		add(store.FigureLoyal, "sample_sartan", part, n, 0)
	}
	add(store.FigureLead, store.SourceChat, store.FigureNew, 6, 0)
	add(store.FigureLead, store.SourceChat, store.FigureExisting, 4, 0)
	add(store.FigureLead, store.SourceReferral, store.FigureNew, 5, 0)
	add(store.FigureNewcomer, store.SourceReferral, "", 5, 0)
	for _, month := range []string{past, present} {
		must(t, s.store.SaveFigures(t.Context(), month, cells))
	}
	return s, past, present
}

// TestS2_11_CalibrationChart: the page says in a sentence where a higher class engaged less, draws the classes, and gives the same numbers in a table; a
// group of fewer than five is not told.
func TestS2_11_CalibrationChart(t *testing.T) {
	s, past, _ := figuresSite(t)
	a := s.as(store.RoleMarketing).get("/console/figures")
	wantHas(t, a, "<svg class=\"chart\"", "chart-bar", "与预期不符", "“B”的人均互动明显少于“C”", "等级相关", "<td>9.0</td>", past+"-01", "&lt;5", "最活跃的 20%")
	wantNot(t, a, "<script>", "张敏", "<td>3.0</td>")
	for _, bad := range []string{" style=", "<no value>", "%!", "ZgotmplZ"} {
		if strings.Contains(a.body, bad) {
			t.Errorf("page holds %q", bad)
		}
	}
}

// TestS2_10_MatrixAndCurve: the months' moves are drawn and listed; of three doctors it is only said that they are fewer than five.
func TestS2_10_MatrixAndCurve(t *testing.T) {
	s, past, _ := figuresSite(t)
	a := s.as(store.RoleCompliance).get("/console/figures?view=moves&month=" + past)
	wantHas(t, a, "上升 <b>7</b>", "下降 <b>&lt;5</b>", "从月初到月末", "chart-bar", "<td>7</td>", "<td>&lt;5</td>")
	wantHas(t, s.as(store.RoleAuditor).get("/console/figures?view=predict"), "互动集中在多少人身上", "chart-line")
}

// TestS2_35_LoyaltyPage: the index stands with its parts; the article's figures are said to be the article's, and beside them stands what referrals cost the
// house itself.
func TestS2_35_LoyaltyPage(t *testing.T) {
	s, _, present := figuresSite(t)
	b := s.as(store.RoleOperations)
	a := b.get("/console/figures?view=loyal")
	wantHas(t, a, "忠诚度指数 <b>68</b>", "客户 20 位", "80.0%", "仍然活跃的", "文章说", "只是文章的说法，没有核实", "500%", "16 倍", "近乎于 0", "没有登记这方面的费用")
	b.post("/console/figures/costs", "month", present, "kind", "other", "source", "referral", "amount", "1000")
	wantHas(t, b.get("/console/figures?view=loyal"), "文章说", "我们自己算的", "<b>100.00</b> 元")
}

// TestS2_29_CostPage: without costs the page says what to enter; operations enter them, a correction wants a note, and each qualified lead has its cost, new
// doctors beside those of before. A team sees its leads and no price. No cost belongs to a doctor.
func TestS2_29_CostPage(t *testing.T) {
	s, _, present := figuresSite(t)
	b := s.as(store.RoleOperations)
	wantHas(t, b.get("/console/figures?view=cost"), "还没有登记费用", "新客户 <b>22</b> 条", "已有客户（建档 90 天以上）<b>8</b> 条")
	post := func(pairs ...string) answer {
		return b.post("/console/figures/costs", append([]string{"month", present, "kind", "platform"}, pairs...)...)
	}
	if a := post("amount", "3000.00"); a.code != http.StatusSeeOther {
		t.Fatalf("status %d", a.code)
	}
	for typed, word := range map[string]string{"": "没有登记", "1.234": "没有登记", "一百": "没有登记", "-3": "更正（负数）要写明"} {
		a := post("amount", typed)
		wantHas(t, a, word)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d", typed, a.code)
		}
	}
	post("amount", "-300", "note", "平台费多记了")
	a := b.get("/console/figures?view=cost")
	wantHas(t, a, "<td>90.00</td>", "平台费多记了", "-300.00", "2700.00", "同行介绍")
	team := s.as(store.RoleManager).get("/console/figures?view=cost")
	wantHas(t, team, "费用按全公司登记", "新客户 <b>22</b> 条")
	wantNot(t, team, "90.00", "登记一笔费用", "3000.00")
	if got := s.as(store.RoleAuditor).post("/console/figures/costs", "month", present, "kind", "other", "amount", "1"); got.code != http.StatusForbidden {
		t.Errorf("an auditor writes costs: %d", got.code)
	}
}

// TestS2_39_ShareOfTime: the share of the reps' time that super customers get stands beside their share of the doctors, with the way to where they are missing.
func TestS2_39_ShareOfTime(t *testing.T) {
	s, _, _ := figuresSite(t)
	a := s.as(store.RoleManager).get("/console/figures?view=effort")
	wantHas(t, a, "占医生的 <b>10%</b>", "占代表时间的 <b>50%</b>", "/console/supers?view=regions", "浙江", "chart-dot")
	wantNot(t, a, "江苏") // two doctors a month
}

// TestFiguresLeaveWithAReason: the tables may be taken as a file by who may, with a reason, and the log knows.
func TestFiguresLeaveWithAReason(t *testing.T) {
	s, _, _ := figuresSite(t)
	b := s.as(store.RoleCompliance)
	if a := b.post("/console/figures/export", "view", "predict"); a.code != http.StatusSeeOther {
		t.Errorf("without a reason: %d", a.code)
	}
	a := b.post("/console/figures/export", "view", "predict", "reason", "季度复盘")
	wantHas(t, a, "各级的数字", "人均次数", "9.0", "<5")
	if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "figures-predict-") {
		t.Errorf("file %q", got)
	}
	rows, err := s.store.Audits(t.Context(), "figures", 5)
	if must(t, err); len(rows) != 1 || rows[0].Reason != "季度复盘" || rows[0].Action != "export" {
		t.Errorf("log %+v", rows)
	}
	s.breakAudit()
	if a := b.post("/console/figures/export", "view", "predict", "reason", "季度复盘"); a.code == http.StatusOK {
		t.Error("a file left without a row in the log")
	}
}
