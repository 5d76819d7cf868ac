-- A made-up piece of an ERP's database, in the manner of Comarch ERP XL: its kind of names, a few columns of each table,
-- invented rows. It is there to try xl.toml on PostgreSQL and on MariaDB; a real one has hundreds of tables. Dates are
-- days since 1800-12-28 (82142 is 2025-11-20), times of change are seconds since 1990-01-01.

CREATE SCHEMA CDN;

CREATE TABLE CDN.TwrKarty (
  Twr_GIDTyp SMALLINT NOT NULL DEFAULT 16,
  Twr_GIDNumer SERIAL PRIMARY KEY,
  Twr_Typ SMALLINT NOT NULL DEFAULT 1,
  Twr_Kod VARCHAR(40) NOT NULL,
  Twr_Nazwa VARCHAR(255) NOT NULL,
  Twr_Ean VARCHAR(40) NOT NULL DEFAULT '',
  Twr_Jm VARCHAR(8) NOT NULL DEFAULT 'szt.',
  Twr_StawkaPodSpr DECIMAL(5, 2) NOT NULL DEFAULT 23,
  Twr_Archiwalny SMALLINT NOT NULL DEFAULT 0,
  Twr_LastModL INTEGER NOT NULL DEFAULT 1132000000
);

CREATE TABLE CDN.TwrCenyNag (
  TCN_Id SERIAL PRIMARY KEY,
  TCN_Nazwa VARCHAR(40) NOT NULL
);

CREATE TABLE CDN.TwrCeny (
  TwC_ID SERIAL PRIMARY KEY,
  TwC_TwrNumer INTEGER NOT NULL,
  TwC_TcnId INTEGER NOT NULL,
  TwC_KntNumer INTEGER NOT NULL DEFAULT 0,
  TwC_Waluta VARCHAR(3) NOT NULL DEFAULT 'PLN',
  TwC_Wartosc DECIMAL(15, 4) NOT NULL
);

CREATE TABLE CDN.Magazyny (
  MAG_GIDNumer SERIAL PRIMARY KEY,
  MAG_Kod VARCHAR(10) NOT NULL
);

CREATE TABLE CDN.TwrZasoby (
  TwZ_TwrNumer INTEGER NOT NULL,
  TwZ_MagNumer INTEGER NOT NULL,
  TwZ_DstNumer INTEGER NOT NULL,
  TwZ_Ilosc DECIMAL(11, 4) NOT NULL
);

CREATE TABLE CDN.Rezerwacje (
  Rez_TwrNumer INTEGER NOT NULL,
  Rez_MagNumer INTEGER NOT NULL,
  Rez_Typ SMALLINT NOT NULL DEFAULT 1,
  Rez_Aktywna SMALLINT NOT NULL DEFAULT 1,
  Rez_Ilosc DECIMAL(11, 4) NOT NULL,
  Rez_Zrealizowano DECIMAL(11, 4) NOT NULL DEFAULT 0,
  Rez_DataWaznosci INTEGER NOT NULL DEFAULT 109211
);

CREATE TABLE CDN.KntKarty (
  Knt_GIDTyp SMALLINT NOT NULL DEFAULT 32,
  Knt_GIDNumer SERIAL PRIMARY KEY,
  Knt_Akronim VARCHAR(40) NOT NULL UNIQUE,
  Knt_Nazwa1 VARCHAR(50) NOT NULL,
  Knt_NipE VARCHAR(13) NOT NULL DEFAULT '',
  Knt_EMail VARCHAR(255),
  Knt_Ulica VARCHAR(60),
  Knt_Miasto VARCHAR(30),
  Knt_KodP VARCHAR(10),
  Knt_Kraj VARCHAR(2),
  Knt_Archiwalny SMALLINT NOT NULL DEFAULT 0,
  Knt_LastModL INTEGER NOT NULL DEFAULT 1132000000
);

CREATE TABLE CDN.ZamNag (
  ZaN_GIDTyp SMALLINT NOT NULL,
  ZaN_GIDNumer SERIAL PRIMARY KEY,
  ZaN_ZamTyp SMALLINT NOT NULL,
  ZaN_KntTyp SMALLINT NOT NULL,
  ZaN_KntNumer INTEGER,
  ZaN_DokumentObcy VARCHAR(40) NOT NULL,
  ZaN_Waluta VARCHAR(3) NOT NULL,
  ZaN_Url VARCHAR(255),
  ZaN_FlagaNB VARCHAR(1) NOT NULL DEFAULT 'N',
  ZaN_DataWystawienia INTEGER NOT NULL,
  ZaN_Stan SMALLINT NOT NULL,
  ZaN_LastMod INTEGER NOT NULL
);

CREATE TABLE CDN.ZamElem (
  ZaE_GIDTyp SMALLINT NOT NULL,
  ZaE_GIDNumer INTEGER NOT NULL,
  ZaE_GIDLp SMALLINT NOT NULL,
  ZaE_TwrTyp SMALLINT NOT NULL,
  ZaE_TwrNumer INTEGER,
  ZaE_TwrNazwa VARCHAR(255),
  ZaE_Ilosc DECIMAL(11, 4) NOT NULL CHECK (ZaE_Ilosc > 0),
  ZaE_CenaUzgodniona DECIMAL(15, 4) NOT NULL,
  ZaE_StawkaPod DECIMAL(5, 2),
  PRIMARY KEY (ZaE_GIDNumer, ZaE_GIDLp)
);

CREATE TABLE CDN.TraNag (
  TrN_GIDTyp SMALLINT NOT NULL,
  TrN_GIDNumer SERIAL PRIMARY KEY,
  TrN_ZaNTyp SMALLINT NOT NULL DEFAULT 0,
  TrN_ZaNNumer INTEGER NOT NULL DEFAULT 0,
  TrN_TrNNumer INTEGER NOT NULL,
  TrN_TrNMiesiac SMALLINT NOT NULL,
  TrN_TrNRok SMALLINT NOT NULL,
  TrN_Stan SMALLINT NOT NULL DEFAULT 3
);

CREATE TABLE CDN.TraSElem (
  TrS_GIDTyp SMALLINT NOT NULL,
  TrS_GIDNumer INTEGER NOT NULL,
  TrS_GIDLp SMALLINT NOT NULL,
  TrS_ZlcTyp SMALLINT NOT NULL DEFAULT 0,
  TrS_ZlcNumer INTEGER NOT NULL DEFAULT 0,
  TrS_ZlcLp SMALLINT NOT NULL DEFAULT 0,
  TrS_Ilosc DECIMAL(11, 4) NOT NULL
);

INSERT INTO CDN.TwrKarty (Twr_Kod, Twr_Nazwa, Twr_Ean, Twr_Typ, Twr_Archiwalny) VALUES
  ('LAMPA-01', 'Lampa stojąca', '5901234123457', 1, 0),
  ('LAMPA-02', 'Lampa wisząca', '', 1, 0),
  ('STARA', 'Świecznik', '', 2, 1),
  ('TRANSPORT', 'Usługa transportowa', '', 4, 0);

INSERT INTO CDN.TwrCenyNag (TCN_Nazwa) VALUES ('Hurtowa'), ('Detaliczna');

INSERT INTO CDN.TwrCeny (TwC_TwrNumer, TwC_TcnId, TwC_KntNumer, TwC_Wartosc) VALUES
  (1, 1, 0, 81.3008), (1, 2, 0, 119), (1, 2, 7, 99), (2, 2, 0, 249.99), (4, 2, 0, 20);

INSERT INTO CDN.Magazyny (MAG_Kod) VALUES ('GŁÓWNY'), ('SKLEP');

INSERT INTO CDN.TwrZasoby (TwZ_TwrNumer, TwZ_MagNumer, TwZ_DstNumer, TwZ_Ilosc) VALUES
  (1, 1, 11, 8), (1, 1, 12, 4), (1, 2, 13, 1), (2, 1, 14, 0.5);

INSERT INTO CDN.Rezerwacje (Rez_TwrNumer, Rez_MagNumer, Rez_Ilosc, Rez_Zrealizowano, Rez_DataWaznosci) VALUES
  (1, 1, 3, 1, 109211), (1, 1, 5, 0, 82142), (1, 0, 4, 0, 109211);

INSERT INTO CDN.KntKarty (Knt_Akronim, Knt_Nazwa1, Knt_NipE, Knt_Miasto, Knt_KodP, Knt_Kraj) VALUES
  ('KOWALSKI', 'Kowalski sp. z o.o.', 'PL5260250274', 'Warszawa', '00-001', 'PL');
