// Colours for source text, as a tree of marked pieces: nothing of it is ever HTML. Loaded when a text
// that has a language is shown.
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import lua from "highlight.js/lib/languages/lua";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import scala from "highlight.js/lib/languages/scala";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";
import type { Language } from "./languages";

const languages: Record<Language, typeof json> = {
  bash, cpp, css, dockerfile, go, ini, java, javascript, json, kotlin, lua, markdown, python, r, ruby, rust, scala, sql,
  typescript, xml, yaml,
};

/** A piece of text; `look` is the class of its colour. */
export type Piece = string | { look: string; pieces: Piece[] };

const lowlight = createLowlight(languages);

type Nodes = ReturnType<typeof lowlight.highlight>["children"];

const toPieces = (nodes: Nodes): Piece[] =>
  nodes.flatMap((node): Piece[] => {
    if (node.type === "text") return [node.value];
    if (node.type !== "element") return [];
    const { className } = node.properties;
    return [{ look: Array.isArray(className) ? className.join(" ") : "", pieces: toPieces(node.children) }];
  });

export const highlight = (text: string, language: Language): Piece[] => toPieces(lowlight.highlight(language, text).children);
