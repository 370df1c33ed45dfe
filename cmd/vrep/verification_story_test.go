package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// posts sends a form and gives the page that it leads to.
func (d desk) posts(path string, form url.Values) string {
	d.w.t.Helper()
	return body(d.w.t, func() (*http.Response, error) { return d.client.PostForm(d.w.front.URL+path, form) })
}

// registers follows and says who the doctor is, up to the department; false: the hospital is not known.
func (w *world) registers(user, name, hospital string) bool {
	w.t.Helper()
	w.heard("follow", w.call("/_sim/users/"+user+"/follow", map[string]string{}), []string{"您的身份"})
	for _, line := range []struct{ say, want string }{{"医生", "是否同意"}, {"同意", "单独同意"}, {"同意", "姓名"}, {name, "哪家医院"}} {
		w.say(user, line.say, line.want)
	}
	if !strings.Contains(w.say(user, hospital), "科室") {
		return false
	}
	w.say(user, "心内", "职称")
	return true
}

func (w *world) record(user string) store.DoctorRecord {
	w.t.Helper()
	a := w.apps[0]
	rec, err := a.store.DoctorRecord(w.t.Context(), store.DoctorID(a.store.Account(), openIDOf(w, user)))
	if err != nil {
		w.t.Fatal(err)
	}
	return rec
}

// told tells whether the doctor has been sent some words.
func (w *world) told(user, words string) bool {
	for _, e := range w.record(user).Effects {
		if strings.Contains(string(e.Body), words) {
			return true
		}
	}
	return false
}

// TestVerificationStory is how the house finds out who doctors are, through the wire protocol: master data that fits once and twice, a wrong code, a licence that a
// person checks, a refusal, and what a year does.
func TestVerificationStory(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.table(store.KindHospitals, "医院编码,医院名称,别名,省份,城市,等级\nH1,青溪市第一人民医院,青溪一院,浙江省,杭州市,三甲\n")
	w.table(store.KindDoctors, "编码,姓名,医院,科室,职称\nD1,王建国,青溪一院,心血管内科,主任医师\nD2,王建国,青溪一院,心血管内科,主治医师\nD3,李晓雯,青溪一院,心血管内科,主治医师\n")
	d, scouts := w.desk(), 0
	w.eventually("the flows to know the hospital", func() bool {
		scouts++
		return w.registers(fmt.Sprint("scout", scouts), "赵探路", "青溪一院")
	})
	t.Run("S2_28_OneRowOfTheListVerifies", func(t *testing.T) {
		w.registers("d2", "李晓雯", "青溪一院")
		said := w.say("d2", "主治医师", "核验通过")
		if strings.Contains(said, "怎样核验") {
			t.Errorf("asked although it is settled: %s", said)
		}
		if r := w.record("d2"); r.Doctor.Level != store.LevelVerified || r.Doctor.MasterKey == nil || *r.Doctor.MasterKey != "D3" {
			t.Errorf("%+v", r.Doctor)
		}
	})
	const number = "110110199901011"
	t.Run("S2_28_SeveralRowsAreAskedFurther", func(t *testing.T) {
		w.registers("d1", "王建国", "青溪一院")
		w.say("d1", "主任医师", "怎样核验")
		w.say("d1", "邀请码", "6 位邀请码")
		w.say("d1", "ZZZZZZ", "没有找到这个邀请码")
		w.say("d1", "没有", "由同事当面确认")
		w.say("d1", "退出")
		w.say("d1", "核验", "怎样核验")
		w.say("d1", "执业证", "15 位医师执业证书编码")
		w.say("d1", "12345", "请核对")
		w.say("d1", number, "已提交核验")
	})
	id := w.record("d1").Doctor.ID
	page := "/console/verifications/" + id
	t.Run("S1_14_APersonChecksTheLicence", func(t *testing.T) {
		d.wants(d.page("/console/verifications"), "王建国", "执业证号", "核对</a>")
		before := d.page(page)
		d.wants(before, "110****1011", "主数据里可能是同一位", "主治医师", "是这一位，通过")
		for _, p := range []string{before, d.page("/console/doctors/" + id)} {
			if strings.Contains(p, number) {
				t.Error("a page shows the number to somebody who has not said why")
			}
		}
		d.wants(d.posts(page+"/reveal", url.Values{"reason": {"核验医师执业注册"}}), number, "只显示这一次")
		d.wants(d.posts(page+"/ask", url.Values{"proof": {store.ProofLicence}}), "已请医生补充", "执业证书编码")
		if !w.told("d1", "还需要您的执业证书编码") {
			t.Error("the doctor was not asked")
		}
		d.wants(d.posts(page+"/decide", url.Values{"decision": {"refused"}}), "请写明原因")
		d.wants(d.posts(page+"/decide", url.Values{"decision": {"refused"}, "reason": {"编码与姓名不一致"}}), "未通过", "编码与姓名不一致")
		if !w.told("d1", "原因：编码与姓名不一致。") {
			t.Error("the doctor does not hear why")
		}
		w.say("d1", "核验", "满 30 天")
		d.wants(d.posts(page+"/decide", url.Values{"decision": {"passed"}, "method": {"licence"}, "reason": {"复核一致"}}), "已通过", "复核一致")
		w.say("d1", "核验", "已通过身份核验")
	})
	t.Run("S2_04_LapsesAfterAYear", func(t *testing.T) {
		w.call("/_sim/clock", map[string]string{"advance": "8784h"})
		w.eventually("the verification to lapse", func() bool { return w.record("d2").Doctor.Level == store.LevelDeclared })
		d.wants(d.page("/console/verifications/"+w.record("d2").Doctor.ID), "核验已到期", "主数据匹配")
		w.say("d2", "资料", "核验已到期", "还在", "换了单位")
		w.say("d2", "还在", "核验通过")
		if l := w.record("d2").Doctor.Level; l != store.LevelVerified {
			t.Errorf("level %d after verifying again", l)
		}
		w.say("d1", "资料", "核验已到期")
		said := w.say("d1", "以后再说", "可随时办理")
		if strings.Contains(said, "示例沙坦") {
			t.Errorf("said %s", said)
		}
	})
}
