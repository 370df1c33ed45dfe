package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// control posts to the simulator's control API and reads its answer; a nil body asks with GET.
func control[T any](t *testing.T, url string, body any) (out T) {
	t.Helper()
	res, err := http.Get(url)
	if body != nil {
		var b []byte
		if b, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		res, err = http.Post(url, "application/json", bytes.NewReader(b))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", url, res.StatusCode, err)
	}
	return out
}

// groupLink waits for the link that the robot puts into the group.
func groupLink(t *testing.T, d *demo) string {
	type said struct {
		Messages []struct {
			Card *struct {
				Action struct{ URL string } `json:"card_action"`
			}
		}
	}
	link := ""
	eventually(t, "the robot to speak", func() bool {
		for _, m := range control[said](t, d.url+"/_sim/robots/demo-robot/messages", nil).Messages {
			if m.Card != nil {
				link = m.Card.Action.URL
			}
		}
		return link != ""
	})
	return link
}

// TestGroupLinkAndErasure: a rep takes a lead from the group on a phone, another one sees who has it; then the doctor leaves, and every page goes on
// without him.
func TestGroupLinkAndErasure(t *testing.T) {
	d := startDemo(t, freeAddress(t), t.TempDir())
	me := d.url + "/_sim/users/d1/"
	type any map[string]json.RawMessage
	control[any](t, me+"follow", any{})
	for _, line := range []string{
		"医生", "同意", "同意", "王建国", "北京协和医院", "心内", "主任医师", "邀请码", d.invite, "门诊", "４", "1、2", "看过资料", "想看更多证据", "文献和会议", "肾病", "每两周",
		"愿意", "同意", "下周三下午", "对", "医院",
	} {
		control[any](t, me+"say", map[string]string{"text": line})
	}
	link := groupLink(t, d)
	rep := newPage(t, newBrowser(t), 390, 844, link)
	rep.sees("王老师", "我是", "李雷", "韩梅")
	rep.shootBoth("group-offer")
	rep.press("接受")
	rep.until("the form to wait for a name", `location.href === `+quote(link))
	rep.press("李雷")
	rep.click(`input[name=sure]`)
	rep.press("接受")
	rep.sees("王建国老师", "医生的原话")
	rep.shootBoth("group-taken")
	rep.open(link[len(d.url):])
	rep.sees("王建国老师")

	other := newPage(t, newBrowser(t), 390, 844, link)
	other.sees("已有同事接手", "李雷")
	other.shootBoth("group-late")

	control[any](t, me+"unfollow", any{})
	other.open(link[len(d.url):])
	other.sees("这条线索已结束")
	other.shootBoth("group-erased")
	console := newPage(t, newBrowser(t), 1440, 900, d.console)
	console.sees("概览", "最近来信")
	console.open("/console/doctors")
	console.sees("资料已删除")
	console.shootBoth("erased-doctors")
	console.press("资料已删除")
	console.sees("因取消关注，已按平台规定删除", "画像已删除")
	console.shootBoth("erased-doctor")
	console.open("/console/leads?status=closed")
	console.sees("资料已删除")
	console.shootBoth("erased-leads")
	console.click(".lane.shown a.ticket") // the newest ended one
	console.sees("这里只留下线索的经过")
	console.shootBoth("erased-lead")
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
