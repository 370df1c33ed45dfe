package wechat

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFields(t *testing.T) {
	f := must(readTemplate(Template{ID: "T", Fields: "thing1=title, thing02=summary,time3=time,phrase4=title,character_string5=title,number6=title,name7=company,date8=time,phone_number9=hotline"}))
	got := f.fill(notice{
		title: "文献速览：\n高血压防治指南更新要点 2026 版发布了", company: "云舟·医药有限公司（上海）研发中心", hotline: "热线 400-123 4567",
		at: time.Date(2026, 11, 2, 9, 5, 0, 0, time.UTC),
	})
	want := map[string]string{
		"thing1": "文献速览： 高血压防治指南更新要点 2…", "thing02": "文献速览： 高血压防治指南更新要点 2…", "time3": "2026-11-02 09:05", "phrase4": "文献速览高",
		"character_string5": "2026", "number6": "2026", "name7": "云舟·医药有限公司上", "date8": "2026-11-02 09:05", "phone_number9": "400-1234567",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFieldsAlwaysFit: whatever is said, a value keeps the rules of its type.
func TestFieldsAlwaysFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		for name, kind := range fieldTypes {
			if kind.time {
				continue
			}
			got := kind.cut(text)
			if n := utf8.RuneCountInString(got); n > kind.most || !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\t") {
				t.Fatalf("%s: %q has %d characters", name, got, n)
			}
			if kind.fits == nil && got == "" {
				t.Fatalf("%s: %q is empty", name, text)
			}
			for _, r := range got {
				if kind.fits != nil && got != kind.none && !kind.fits(r) {
					t.Fatalf("%s: %q holds %q", name, got, r)
				}
			}
		}
	})
}

func TestFieldsThatAreNone(t *testing.T) {
	for _, fields := range []string{"", "thing1", "thing=title", "1=title", "thing1=", "thing1=words", "things1=title", "thing1=time", "time1=title", "thing1234=title"} {
		if _, err := NewSender(SenderOptions{PushTemplate: Template{ID: "T", Fields: fields}}); !errors.Is(err, ErrFields) {
			t.Errorf("push %q: %v", fields, err)
		}
		if _, err := NewSender(SenderOptions{NoticeTemplate: Template{ID: "T", Fields: fields}}); !errors.Is(err, ErrFields) {
			t.Errorf("notice %q: %v", fields, err)
		}
	}
	if _, err := NewSender(SenderOptions{}); err != nil {
		t.Errorf("no template: %v", err)
	}
}
