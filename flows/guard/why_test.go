package guard

import "testing"

// TestWhy: every rule that hears a case has a sentence that it alone hears, and a sentence near it that nobody hears.
func TestWhy(t *testing.T) {
	g := sample()
	for _, tt := range []struct{ why, heard, quiet string }{
		{"word", "患者皮疹", "没有皮疹"},
		{"noun", "我要上报不良反应", "不良反应很少"},
		{"serious", "病人用药后偏瘫", "我在住院部"},
		{"sign", "老头吃药后小腿肚子酸胀", "老头吃药前小腿肚子就酸胀"},
		{"sign", "吃完药腿迈不动", "这几天忙得走不开"},
		{"sign", "吃药后咳到睡不成觉", "拉到群里聊"},
		{"typo", "用药后欧吐", "欧洲指南"},
		{"value", "肌酐从九十涨到一百八，吃着示例沙坦", "血压120多"},
		{"value", "血甲六点一，吃着示例沙坦", "血钾四点一，吃着示例沙坦"},
		{"after", "患者吃药后整天唱歌", "患者吃药后挺满意"},
		{"appeared", "患者查出肺部新病灶，药是示例沙坦", "想学习病灶的分类"},
		{"meanwhile", "他说最近上楼费劲了，正吃着示例沙坦", "门诊在看，正吃着饭"},
		{"stopped", "停用本品两天，状态恢复", "说明书写停用本品后恢复"},
		{"fuss", "顾客来退药，吃了两天", "退药流程是什么"},
		{Overdose, "患者一次性顿服示例沙坦40片", "每月开40片示例沙坦"},
		{Overdose, "吃了二十片", "吃了两片"},
		{NoEffect, "吃两个月，血压仍168", "吃两个月，血压128"},
		{NoEffect, "吃药后血压没怎么降", "吃药后血压降了"},
		{Misuse, "把医嘱录成三倍剂量，病人吃了", "录像吃完饭看"},
		{Misuse, "小孩把药当泡泡糖嚼了", "当天吃了饭"},
		{"quality", "这盒药缺两片", "缺两位医生"},
	} {
		found := g.Detect(tt.heard, Context{})
		if len(found) == 0 || !heardBy(found, tt.why) {
			t.Errorf("%s: %q is heard as %+v", tt.why, tt.heard, found)
		}
		for _, f := range g.Detect(tt.quiet, Context{}) {
			if f.OpensCase() {
				t.Errorf("%s: %q is heard: %+v", tt.why, tt.quiet, f)
			}
		}
	}
}

func heardBy(found []Finding, why string) bool {
	for _, f := range found {
		if f.OpensCase() && f.Why == why {
			return true
		}
	}
	return false
}

// TestFigures: numbers are read in digits and in Chinese numerals; what is no number is none.
func TestFigures(t *testing.T) {
	g := sample()
	for text, want := range map[string]float64{
		"6.1": 6.1, "六点一": 6.1, "四百五": 450, "两千一": 2100, "四百五十": 450, "九十": 90, "一百八": 180, "十二": 12, "1.2.3": 0, "三万": 3, "个": 0,
	} {
		r := g.read(text, Context{})
		if got, _ := r.figure(0, len(r.runes)); got < want-1e-9 || got > want+1e-9 {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
}
