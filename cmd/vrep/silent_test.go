package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const wardFlow = `flow: ward
title: 病区调查
approval: {no: T-1, until: 2099-12-31}
start: {on: ["word:病区"]}
remind:
  - {after: 2h, say: "还差 ${left} 题，回复“继续”接着填。"}
expire: 30h
on_expire: lead
steps:
  - id: agree
    ask: 是否同意保存？
    type: consent
    policy: p1
    choices: [{agree: 同意}, {refuse: {label: 不同意, goto: stop}}]
    on_fail: stop
  - id: share
    ask: 是否同意告知同事？
    type: consent
    purpose: share_with_rep
    policy: p1
  - id: code
    ask: 邀请码？
    type: text
  - do: verify
    method: invite
    code: ${code}
  - id: photo
    ask: 请发一张照片。
    type: image
  - id: view
    ask: 请用语音说说看法。
    type: voice
  - id: where
    ask: 请发医院的位置。
    type: location
  - do: notify
    to: rep
    say: 发来了位置（${where}），看法是“${view}”。
  - id: share_of
    ask: 高血压患者约占几成？
    type: percent
  - say: 谢谢，${share_of}。
  - end: done
`

const wardConfig = `texts: {idle: 请回复“病区”。}
listen:
  - {id: ae, when_text: [不良反应], do: report, say: "已登记，编号 ${ae.no}。"}
`

// wardWorld is a world on the flow above, in which the doctor has come to the question for a picture.
func wardWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string]string{"ward.yaml": wardFlow, "_config.yaml": wardConfig} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t, 1, map[string]string{"flows_dir": dir})
	w.call("/_sim/users/d1/follow", map[string]string{})
	for _, line := range []struct{ say, want string }{{"病区", "是否同意保存"}, {"同意", "告知同事"}, {"同意", "邀请码"}, {demoInvite, "照片"}} {
		w.say("d1", line.say, line.want)
	}
	return w
}

// Pictures, voice messages and places are answers through the wire; what the flow tells the rep arrives on the rep's phone.
func TestMediaThroughTheWire(t *testing.T) {
	w := wardWorld(t)
	w.say("d1", "好的", "请发一张图片")
	w.heard("image", w.call("/_sim/users/d1/image", map[string]any{}), []string{"请用语音说说看法"})
	w.heard("voice", w.call("/_sim/users/d1/voice", map[string]any{"text": "依从性最重要"}), []string{"请发医院的位置"})
	w.heard("image instead", w.call("/_sim/users/d1/image", map[string]any{}), []string{"这一题请发一个位置"})
	w.heard("location", w.call("/_sim/users/d1/location", map[string]any{"latitude": 31.23, "longitude": 121.47, "label": "人民广场"}), []string{"占几成"})
	w.say("d1", "三成半", "谢谢，35%")
	w.eventually("the rep to be told", func() bool {
		return strings.Contains(fmt.Sprint(w.get("/_sim/reps/lilei/messages"), w.get("/_sim/reps/hanmei/messages")), "发来了位置（人民广场），看法是“依从性最重要”")
	})
}

// A silent doctor is reminded by the clock alone, and a talk that nobody goes on with becomes a lead for a rep.
func TestASilentDoctorThroughTheWire(t *testing.T) {
	w := wardWorld(t)
	w.heard("image", w.call("/_sim/users/d1/image", map[string]any{}), []string{"请用语音说说看法"})
	transcript := func() string { return fmt.Sprint(w.get("/_sim/users/d1/transcript")) }
	w.call("/_sim/clock", map[string]string{"advance": "2h1m"})
	w.eventually("the reminder", func() bool { return strings.Contains(transcript(), "还差 3 题") })
	if n := strings.Count(transcript(), "还差 3 题"); n != 1 {
		t.Errorf("reminded %d times", n)
	}
	w.call("/_sim/clock", map[string]string{"advance": "29h"})
	w.eventually("a card for the rep", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/reps/lilei/messages")), "没有填完") })
}
