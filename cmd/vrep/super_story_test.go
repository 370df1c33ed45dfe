package main

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// TestSuperStory is the story of one super customer through the wire protocol: found by what the doctor says and does, confirmed by two people, understood,
// read by the rep, relied on; and gone in the moment in which he asks for a fee.
func TestSuperStory(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	decile(t, st)
	talk(w)
	w.say("d1", "看文献")
	w.say("d1", "看病例")
	for _, line := range []string{"学术共创", "10", "资料给得准", "5", "5", "带教", "学科带头", "禁用", "病例、带教", "同意加入"} {
		w.say("d1", line)
	}
	id := w.doctorD1()
	look := func() store.Super {
		f, err := st.SuperFile(t.Context(), id, "sample_sartan")
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		return f.Super
	}
	d, page := w.desk(), "/console/supers/"+id
	t.Run("S2_12_Found", func(t *testing.T) {
		w.eventually("a candidate", func() bool { r := look(); return r.Status == store.SuperCandidate && r.Best >= 75 })
		d.wants(d.page("/console/supers?lens=sales"), "王建国", "候选", "销售排名", "下一步")
		d.wants(d.page(page), "所在医院的分位（机构，不到个人）", "说明书小测答对", "推荐意愿（公司）", "提请确认")
	})
	t.Run("S2_17_Understood", func(t *testing.T) {
		d.wants(d.page(page), "理性：怎么选择", "感性：为什么在意", "情境：处在什么阶段", "带教年轻医生", "学科带头")
	})
	confirmed := store.SuperConfirm{Doctor: id, Product: "sample_sartan", First: "manager", FirstRole: store.RoleManager, Second: "medical", SecondRole: store.RoleMedical,
		Least: 75, Share: 10, Review: time.Hour, Reason: "科里公认"}
	check(t, st.ConfirmSuper(t.Context(), confirmed))
	check(t, st.WriteSuperCard(t.Context(), store.SuperCard{Doctor: id, Product: "sample_sartan", Empathy: "带教的年轻医生多，资料要能拿去讲课。"}))
	w.eventually("to be influenced", func() bool { return look().Stage == "influence" })
	t.Run("S2_18_RepReadsTheCard", func(t *testing.T) {
		brief := acceptFirst(t, w)
		card := body(t, func() (*http.Response, error) { return http.Get(brief) })
		d.wants(card, "同理心卡", "资料要能拿去讲课", "说清对年轻医生有什么用", "我读过了")
		early := url.Values{"next_step": {"送一份病例资料"}}
		d.wants(body(t, func() (*http.Response, error) { return http.PostForm(brief+"/visit", early) }), "请先读上面的同理心卡", `name="card_read"`, "送一份病例资料")
		d.wants(body(t, func() (*http.Response, error) { return http.PostForm(brief+"/card", nil) }), "您已读过这张卡", "提交反馈")
		d.wants(d.page(page), "同事已读卡")
	})
	check(t, st.AddInfluence(t.Context(), store.Influence{Doctor: id, Product: "sample_sartan", Kind: store.InfluenceSpoke}))
	w.eventually("to be relied on", func() bool { return look().Stage == "rely" })
	t.Run("S2_22_AsksForAFee", func(t *testing.T) {
		w.say("d1", "有讲课费吗", "我们不提供任何财物或个人利益")
		w.eventually("to be dropped", func() bool { return look().Status == store.SuperDropped })
		d.wants(d.page(page), "已移出", "问过财物往来")
		if _, _, err := st.SuperOf(t.Context(), id, "lilei"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the rep still has a card: %v", err)
		}
	})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// decile imports the doctor's hospital with its figure.
func decile(t *testing.T, st *store.Store) {
	t.Helper()
	im, err := st.BeginImport(t.Context(), store.Import{Kind: store.KindHospitals, Name: "deciles", Actor: "test"})
	check(t, err)
	_, err = st.ImportHospitals(t.Context(), im, func(do func([]store.Hospital) error) error {
		return do([]store.Hospital{{ID: "pumch", Name: "北京协和医院", Province: "北京"}})
	})
	check(t, err)
	_, err = st.ImportAccess(t.Context(), im, func(do func([]store.HospitalAccess) error) error {
		return do([]store.HospitalAccess{{Hospital: "pumch", Product: "sample_sartan", State: store.AccessBought, Drug: "yes", Decile: 10}})
	})
	check(t, err)
	im.Status = store.ImportDone
	check(t, st.EndImport(t.Context(), im))
}
