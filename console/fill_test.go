package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// world names the rows that fill made.
type world struct {
	doctor, waiting string // ids: with a full portrait, waiting to be verified
	lead            string // assigned to rep wang and rep li
	caseNo          string
	version         string // of the onboarding flow
	inquiry, flag   string // ids
	code            string // id of a rep's QR code that was scanned
	intake          string // id of an import
	campaign        string // id of one that runs
	listed          string // doctor of the master data who has the name and hospital of doctor
}

const minute = int64(60_000)

// fill puts a small, plausible house into the store: doctors in every phase, a lead that two reps are offered, an adverse event, a dead letter.
func fill(t testing.TB, st *store.Store, desk *handoff.Desk) world {
	t.Helper()
	ctx := context.Background()
	for _, rep := range []store.Rep{{UserID: "wang", Name: "王晓明", FilingNo: "YX-2026-001", Active: true, Team: "east"}, {UserID: "li", Name: "李婷", FilingNo: "YX-2026-002", Active: true, Team: "west"}} {
		rep.FilingUntil = st.Now() + 365*24*60*minute
		must(t, st.SaveRep(ctx, rep))
		must(t, st.SetTerritories(ctx, rep.UserID, []store.Territory{{Rep: rep.UserID, Kind: store.TerritoryAll}}))
	}
	w := world{doctor: commitPortrait(t, st), caseNo: "AE-20261121-0001", inquiry: "inquiry-1", flag: "flag-1"}
	w.waiting = commitWaiting(t, st)
	putSuper(t, st, w.doctor, candidateOf(t, 82))
	for i, d := range []store.Doctor{
		{Name: "陈立", HospitalName: "云州市人民医院", Department: "肾内科", Title: "主治医师", Level: 1, Phase: store.PhaseAsking},
		{Name: "刘芳", HospitalName: "云州中医院", Department: "全科", Title: "住院医师", Level: 2, Phase: store.PhaseHandedOff},
		{Name: "", Level: 0, Phase: store.PhaseConsent},
		{Name: "欧阳建国", HospitalName: "海陵区中心医院", Department: "内分泌科", Title: "主任医师", Level: 9, Phase: store.PhaseOptedOut},
	} {
		openid := fmt.Sprintf("o-more-%d", i)
		d.ID, d.OpenID, d.Followed = store.DoctorID(st.Account(), openid), openid, i != 3
		commit(t, st, store.Turn{Journal: store.Journal{Seq: 1, MessageKey: openid, Kind: "event", Event: []byte(`{"Kind":"event","Event":"subscribe"}`), Reply: []byte(`{"text":"您好"}`)}, Doctor: d})
	}
	must(t, desk.Sweep(ctx))
	rows, err := st.LeadBoard(ctx, 10)
	must(t, err)
	for _, r := range rows {
		if r.Doctor == w.doctor {
			w.lead = r.ID
		}
	}
	killLetter(t, st)
	versions, err := st.FlowVersions(ctx, "onboarding")
	must(t, err)
	w.version = versions[0].Hash
	w.code = commitScan(t, st)
	commitPeers(t, st)
	w.intake, w.listed = fillMaster(t, st)
	w.campaign = fillCampaign(t, st)
	return w
}

// fillCampaign makes a campaign that runs, with somebody planned, one begun and one who could not be spoken to.
func fillCampaign(t testing.TB, st *store.Store) string {
	t.Helper()
	ctx := store.As(context.Background(), store.Viewer{Name: "u-admin", Role: store.RoleAdmin, Reach: store.ReachAll})
	g, err := st.SaveSegment(ctx, store.Segment{Name: "许久没有联系的", Source: "doctor.level >= 0", Actor: "u-admin"})
	must(t, err)
	c, err := st.AddCampaign(ctx, store.Campaign{
		Kind: store.CampaignReactivation, Title: "秋季唤回", Segment: g.ID, Days: 90, Daily: 20, FromAt: st.Now() - minute, UntilAt: st.Now() + 30*24*60*minute,
	})
	must(t, err)
	must(t, st.MoveCampaign(ctx, c.ID, "start", "", ""))
	openid := "o-campaign"
	id := store.DoctorID(st.Account(), openid)
	commit(t, st, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: openid, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
		Doctor:  store.Doctor{ID: id, OpenID: openid, Name: "赵宁", Level: 1, Phase: store.PhaseOptedOut, Followed: true, OptedOut: true, LastTypedAt: st.Now()},
		Pushes: []store.Push{
			{ID: "c-1", Doctor: id, Cause: "campaign:" + c.ID + ":1", Campaign: c.ID, Flow: "reactivate", Status: store.PushOpened, DueAt: 1, At: 1},
			{ID: "c-2", Doctor: id, Cause: "campaign:" + c.ID + ":2", Campaign: c.ID, Flow: "reactivate", Status: store.PushPlanned, Reason: store.PushWindow, DueAt: st.Now() + 60*minute, At: 1},
			{ID: "c-3", Doctor: id, Cause: "campaign:" + c.ID + ":3", Campaign: c.ID, Flow: "reactivate", Status: store.PushNone, Reason: "opted_out", DueAt: 1, At: 1},
		},
	})
	return c.ID
}

func commitPortrait(t testing.TB, st *store.Store) string {
	openid := "o-portrait"
	id, now := store.DoctorID(st.Account(), openid), st.Now()
	d := store.Doctor{ID: id, OpenID: openid, Name: "张敏", Hospital: "h1", HospitalName: "云州大学附属第一医院", Department: "心内科", Title: "副主任医师", Level: 2, Phase: store.PhaseIdle, Followed: true, CreatedAt: now - 4000*minute, Scene: "会议2026秋", LastInboundAt: now - 25*minute, LastTypedAt: now - 25*minute}
	commit(t, st, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "p1", Kind: "event", Event: []byte(`{"Kind":"event","Event":"subscribe"}`), Reply: []byte(`{"text":"您好，我是虚拟代表小安，由程序自动应答。"}`), ReceivedAt: now - 4000*minute},
		Doctor:  d,
	})
	answers := []store.Answer{
		{Conversation: id, Seq: 2, N: 0, Talk: 1, Flow: "first_visit", Question: "setting", Asked: "您日常主要在哪类场景接诊高血压患者？", Value: `"clinic"`, Label: "专科门诊", Raw: "门诊为主", At: now - 40*minute},
		{Conversation: id, Seq: 2, N: 1, Talk: 1, Flow: "first_visit", Question: "barrier", Asked: "目前使用示例沙坦片时，您最大的顾虑是？", Value: `"evidence"`, Label: "想看更多证据", Raw: "长期终点数据还不够", At: now - 35*minute},
		{Conversation: id, Seq: 2, N: 2, Talk: 1, Flow: "first_visit", Question: "visit_wish", Asked: "是否愿意由负责本院的医药信息同事与您进一步交流？", Value: `"f2f"`, Label: "愿意当面交流", Raw: "可以，下周三下午门诊后", At: now - 30*minute},
		{Conversation: id, Seq: 2, N: 3, Talk: 1, Flow: "first_visit", Question: "rhythm", Asked: "张老师，多久联系您一次比较合适？", Value: `"weekly"`, Label: "每周", Raw: "每周吧", At: now - 29*minute, RetractedAt: now - 28*minute},
	}
	lines, err := json.Marshal([]store.ScoreLine{{Group: "fit", Points: 10, Why: "科室与疾病领域相符", Evidence: "心内科"}, {Group: "intent", Points: 20, Why: "愿意当面交流", Evidence: "可以，下周三下午门诊后"}, {Group: "intent", Points: 8, Why: "想看更多证据", Evidence: "长期终点数据还不够"}})
	must(t, err)
	news, err := json.Marshal(store.News{OpenID: openid, Content: "ckd_review", Title: "文献速览：合并慢性肾病患者的降压证据"})
	must(t, err)
	commit(t, st, store.Turn{
		Journal: store.Journal{Seq: 2, MessageKey: "p2", Kind: "text", Event: []byte(`{"Kind":"text","Text":"可以，下周三下午门诊后"}`), Reply: []byte(`{"text":"已为您登记，同事会尽快与您联系。"}`), ReceivedAt: now - 30*minute},
		Doctor:  d, Answers: answers,
		Consents: []store.Consent{{Conversation: id, Seq: 2, Purpose: "base", Policy: "privacy_2026_11", Granted: true, Asked: "同意我们处理您的信息吗？", Raw: "同意", At: now - 3990*minute}, {Conversation: id, Seq: 2, Purpose: "share_with_rep", Policy: "share_2026_11", Granted: true, Asked: "同意告知同事吗？", Raw: "同意的", At: now - 30*minute}},
		Portrait: []store.PortraitValue{
			{Doctor: id, Field: "setting", Value: `"clinic"`, Label: "专科门诊", Source: store.SourceAnswer, Ref: id + ":2:0", Detail: "first_visit · setting", At: now - 40*minute},
			{Doctor: id, Field: "barriers", Value: `["evidence"]`, Label: "想看更多证据", Source: store.SourceAnswer, Ref: id + ":2:1", Detail: "first_visit · barrier", At: now - 35*minute},
			{Doctor: id, Field: "visit_wish", Value: `"f2f"`, Label: "愿意当面交流", Source: store.SourceAnswer, Ref: id + ":2:2", Detail: "first_visit · visit_wish", At: now - 30*minute},
			{Doctor: id, Field: "prefers", Value: `["literature","case"]`, Label: "文献速览、病例讨论", Source: store.SourceImport, Detail: "2026 秋季会议名单", At: now - 4000*minute},
		},
		Tags:      []store.Tag{{Doctor: id, Tag: "情境_专科门诊", Source: store.SourceAnswer, At: now - 40*minute}, {Doctor: id, Tag: "理性_终点证据", Source: store.SourceAnswer, At: now - 35*minute}},
		Scores:    []store.Score{{Doctor: id, Name: "lead", Points: 74, Grade: "hot", Lines: string(lines), At: now - 30*minute}},
		Leads:     []store.Lead{{ID: "11111111111111111111111111111111", Doctor: id, Kind: "f2f_request", Level: "hot", Explicit: true, Points: 74, Lines: string(lines), Why: "主动约面谈，想看长期终点证据", Note: "首次线上拜访中本人提出", Wish: "下周三下午 院内接待地点", DueAt: now + 24*60*minute, CreatedAt: now - 30*minute}},
		Inquiries: []store.Inquiry{{ID: "inquiry-1", Doctor: id, Class: store.InquiryBeyond, Words: "儿童能用吗", Status: store.InquiryOpen, DueAt: now + 2000*minute, At: now - 5*minute}},
		Rights:    []store.RightsRequest{{ID: "right-1", Doctor: id, Kind: store.RightsExport, Status: store.RightsOpen, At: now - 5*minute}},
		Flags:     []store.Flag{{ID: "flag-1", Doctor: id, Kind: store.FlagBenefit, Words: "有讲课费吗", Status: store.FlagOpen, At: now - 4*minute}},
		Cases:     []store.Case{{No: "AE-20261121-0001", Doctor: id, Status: store.CaseOpen, Words: "昨天有个患者吃了以后全身皮疹", Event: "全身皮疹", Product: "示例沙坦片", Serious: true, SeriousHow: "住院或住院延长", Fields: `{"event":"全身皮疹","callback":"13900000000"}`, DueAt: now - 10*minute, OpenedAt: today(now - 20*minute), UpdatedAt: now - 15*minute}},
		Pushes:    []store.Push{{ID: "push1", Doctor: id, Cause: "ask", Status: store.PushQueued, Content: "ckd_review", Reason: "偏好文献，主题相符", At: now - 27*minute}},
		Sent:      []store.Sent{{Doctor: id, Content: "ckd_review", Effect: "news1", Why: "偏好文献，主题相符", At: now - 27*minute}},
		Effects: []store.Effect{
			{Key: "news1", Lane: store.DoctorLane(id), Kind: store.KindNews, Body: news},
		},
	})
	return id
}

func commitWaiting(t testing.TB, st *store.Store) string {
	openid := "o-waiting"
	id, now := store.DoctorID(st.Account(), openid), st.Now()
	commit(t, st, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "w1", Kind: "text", Event: []byte(`{"Kind":"text","Text":"没有邀请码"}`), Reply: []byte(`{"text":"已为您登记，同事核验后会联系您。"}`)},
		Doctor:  store.Doctor{ID: id, OpenID: openid, Name: "赵磊", HospitalName: "云州市第二人民医院", Department: "心内科", Title: "主治医师", Level: 1, Phase: store.PhaseIdle, Followed: true, LastInboundAt: now - 3*minute},
		Notices: []store.Notice{
			{ID: "notice-medical", Doctor: id, Team: store.TeamMedical, Flow: "first_visit", Words: "医生想要肾病证据", At: now - 3*minute},
			{ID: "notice-pv", Doctor: id, Team: store.TeamPV, Words: "医生说：病人不太舒服", At: now - 2*minute},
		},
		Verify: &store.Verification{Doctor: id, Method: "licence", LeadKind: "online_request", LeadNote: "想先线上沟通", Status: store.VerifyOpen, At: now - 3*minute},
	})
	return id
}

// commitPeers lets a doctor agree to be quoted and invite a colleague, who follows.
func commitPeers(t testing.TB, st *store.Store) {
	id, openid := store.DoctorID(st.Account(), "o-peer"), "o-peer"
	d := store.Doctor{ID: id, OpenID: openid, Name: "何清", HospitalName: "云州大学附属第一医院", Department: "心内科", Level: 2, Phase: store.PhaseIdle, Followed: true}
	turn := func(seq int64, key string) store.Turn {
		return store.Turn{Journal: store.Journal{Seq: seq, MessageKey: key, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)}, Doctor: d}
	}
	first := turn(1, "q1")
	first.Quotes = []store.Quote{{ID: "quote-1", Flow: "community", Topic: "service", Words: "资料给得准，回得也快"}, {ID: "quote-2", Flow: "community", Topic: "service", Words: "有问必答"}}
	first.PeerCards = []store.PeerCard{{ID: "card-1", Scene: "scene-card-1", Token: store.ExportDigest("card-token"), Most: 10, Alarm: 50, ExpiresAt: st.Now() + 1000*minute}}
	commit(t, st, first)
	second := turn(2, "q2")
	second.Consents = []store.Consent{{Conversation: id, Seq: 2, Purpose: store.PurposeQuote, Policy: "quote_2026_11", Granted: true, At: st.Now()}}
	second.Signs = []store.QuoteSign{{ID: "quote-1", Signature: store.SignName, Policy: "quote_2026_11"}, {ID: "quote-2", Signature: store.SignPlace, Policy: "quote_2026_11"}}
	commit(t, st, second)
	must(t, st.ApproveQuote(context.Background(), store.QuoteApproval{ID: "quote-2", Text: "有问必答", Number: "MLR-1", Until: st.Now() + 1000*minute}))
	other := store.DoctorID(st.Account(), "o-invited")
	now := st.Now()
	commit(t, st, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "i1", Kind: "event", Event: []byte(`{}`), Reply: []byte(`{}`), ReceivedAt: now},
		Doctor:  store.Doctor{ID: other, OpenID: "o-invited", Phase: store.PhaseIdle, Followed: true, CreatedAt: now},
		Scan:    &store.Scan{Scene: "scene-card-1", Followed: true, FirstTouch: true},
	})
}

// commitScan lets a doctor scan the code of rep wang and open an article.
func commitScan(t testing.TB, st *store.Store) string {
	sc, err := st.AddScene(context.Background(), store.Scene{Kind: store.SceneRep, Target: "wang", Flow: "onboarding", Permanent: true, CreatedBy: "ops"}, []string{"秋季会"})
	must(t, err)
	id := store.DoctorID(st.Account(), "o-scan")
	commit(t, st, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "s1", Kind: "event", Event: []byte(`{"Kind":"event","Event":"subscribe"}`), Reply: []byte(`{"text":"您好"}`)},
		Doctor:  store.Doctor{ID: id, OpenID: "o-scan", Name: "孙宁", Level: 1, Phase: store.PhaseIdle, Followed: true, Scene: sc.ID, LastScene: sc.ID},
		Scan:    &store.Scan{Scene: sc.ID, Followed: true, FirstTouch: true},
	})
	must(t, st.AddLinkOpen(context.Background(), store.LinkOpen{Doctor: id, Content: "ckd_review"}))
	return sc.ID
}

// killLetter lets the oldest effect die, as if the platform had refused it.
func killLetter(t testing.TB, st *store.Store) {
	ctx := context.Background()
	claimed, err := st.ClaimEffects(ctx, "test", 1, time.Minute)
	must(t, err)
	if len(claimed) != 1 {
		t.Fatalf("claimed %d effects, want 1", len(claimed))
	}
	must(t, st.FinishEffect(ctx, claimed[0], store.EffectResult{Status: store.EffectDead, Code: 45047, Class: "content", Reason: "response out of time limit"}))
}

func commit(t testing.TB, st *store.Store, turn store.Turn) {
	t.Helper()
	turn.Journal.Conversation = turn.Doctor.ID
	if turn.Journal.State == nil {
		turn.Journal.State = []byte("{}")
	}
	_, err := st.CommitTurn(context.Background(), &turn)
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// candidateOf is a candidate of the first product with a score in every lens.
func candidateOf(t testing.TB, best int) store.Super {
	t.Helper()
	line := func(group string, points int, why string) store.ScoreLine {
		return store.ScoreLine{Group: group, Points: points, Why: why, Evidence: "长期终点数据还不够"}
	}
	p := store.SuperPoints{Life: "vbp", Next: store.SuperStep{Code: "card", Say: "写同理心卡", Why: "资料够了", Days: 7}, Strength: "mid",
		Parts: []store.SuperPart{{Dimension: "sales", Value: 90}, {Dimension: "access", Value: 20}},
		Gates: []store.SuperGate{{Gate: "verified", Holds: true}, {Gate: "knowledge", Holds: true, Why: "了解 60 分以上"}},
		Lenses: []store.SuperLens{
			{Lens: "sales", Points: best, Listed: true, Weights: map[string]int{"sales": 30, "affinity": 70}, Tags: []string{"院内带动者"},
				Lines: []store.ScoreLine{line("sales", best-30, "所在医院的分位"), line("affinity", 30, "推荐意愿")}},
			{Lens: "ga", Points: best - 30, Listed: true, Weights: map[string]int{"access": 50}, Lines: []store.ScoreLine{line("access", best-30, "任职药事会")}},
			{Lens: "marketing", Points: best - 20, Listed: true, Lines: []store.ScoreLine{line("influence", best-20, "省级学术影响")}},
			{Lens: "medical"},
		}}
	b, err := json.Marshal(p)
	must(t, err)
	return store.Super{Product: "sample_sartan", Status: store.SuperCandidate, Stage: "understand", Points: string(b), Best: best, Lens: "sales", Depth: 5, NextAt: 1}
}

// putSuper writes a row as the loop that derives would.
func putSuper(t testing.TB, st *store.Store, doctor string, r store.Super) {
	t.Helper()
	d, err := st.Dossier(t.Context(), doctor)
	must(t, err)
	facets := store.Facets{Level: d.Doctor.Level, Followed: true, Hospital: d.Doctor.Hospital, Province: "浙江"}
	n, err := st.SaveDerived(t.Context(), []store.Derived{{Doctor: doctor, Mark: d.Doctor.RefreshAt, Facets: facets, Supers: []store.Super{r},
		SuperMoves: []store.SuperMove{{Product: r.Product, Event: store.SuperEventDerive, Status: r.Status, Stage: r.Stage}}}})
	if must(t, err); n != 1 {
		t.Fatalf("%d written", n)
	}
}

// today is a moment, or the beginning of the day of the house when the moment was before it: the desk counts by days.
func today(ms int64) int64 {
	n := time.Now().In(houseZone)
	return max(ms, time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, houseZone).UnixMilli())
}
