package sample_test

import (
	"testing"

	"github.com/vrep/vrep/master/sample"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// Every desk of the demo has something in every state: cases of each kind, inquiries of each class, flags of each kind, and a closing that waits for a second
// person. Writing it twice changes nothing.
func TestSampleKeepsTheDesksBusy(t *testing.T) {
	st := storetest.SQLite(t)
	for range 2 {
		w, err := sample.Make(7, sample.Size{Hospitals: 20, Reps: 5, Doctors: 250}, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(t.Context(), st, sample.Options{Followers: followers}); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int{}
	cases, err := st.Cases(t.Context(), 50)
	if err != nil || len(cases) != 10 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		got[c.Status]++
		got[c.Kind]++
		if c.LegalAt < c.OpenedAt || c.AcknowledgedAt == 0 && c.Status != store.CaseOpen && c.Status != store.CaseReported {
			t.Errorf("case %+v", c.Case)
		}
	}
	inquiries, err := st.Inquiries(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range inquiries {
		got["inquiry "+q.Class]++
	}
	flags, err := st.Flags(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flags {
		got["flag "+f.Kind]++
	}
	for _, want := range []string{
		store.CaseOpen, store.CaseReported, store.CaseAcknowledged, store.CaseJudged, store.CaseValid, store.CaseSent, store.CaseClosed,
		store.CaseKindEvent, store.CaseKindSpecial, store.CaseKindQuality,
		"inquiry " + store.InquiryLabel, "inquiry " + store.InquiryBeyond, "inquiry " + store.InquiryCompare, "inquiry " + store.InquiryPatient,
		"flag " + store.FlagBenefit, "flag " + store.FlagCount, "flag " + store.FlagComplaint, "flag " + store.FlagPatient,
	} {
		if got[want] == 0 {
			t.Errorf("nothing of %q: %v", want, got)
		}
	}
	waiting, err := st.Approvals(t.Context(), []string{store.ActCaseClose}, 10)
	if err != nil || len(waiting) != 1 || waiting[0].Actor != "pv-lin" {
		t.Errorf("closings that wait: %+v %v", waiting, err)
	}
}
